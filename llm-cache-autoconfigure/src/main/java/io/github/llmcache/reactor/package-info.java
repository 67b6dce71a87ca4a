/** Cached methods that return Reactor's {@code Mono} and {@code Flux}: answers that come later, or piece by piece. */
@NullMarked
package io.github.llmcache.reactor;

import org.jspecify.annotations.NullMarked;
