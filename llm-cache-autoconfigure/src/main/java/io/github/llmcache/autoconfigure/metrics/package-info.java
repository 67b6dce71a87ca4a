/** The wiring of the cache's meters. */
@NullMarked
package io.github.llmcache.autoconfigure.metrics;

import org.jspecify.annotations.NullMarked;
