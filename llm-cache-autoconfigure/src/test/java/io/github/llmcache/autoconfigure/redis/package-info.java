/** The wiring of the tier in Redis. */
@NullMarked
package io.github.llmcache.autoconfigure.redis;

import org.jspecify.annotations.NullMarked;
