/** The embedded Redis, for real. */
@NullMarked
package io.github.llmcache.sample.redis;

import org.jspecify.annotations.NullMarked;
