/** The wiring of the tier in memory. */
@NullMarked
package io.github.llmcache.autoconfigure.near;

import org.jspecify.annotations.NullMarked;
