/** Tests of the room of this name. */
@NullMarked
package io.github.llmcache.reactor;

import org.jspecify.annotations.NullMarked;
