/** The tier in Redis: connection, keys, entry format, cache manager. */
@NullMarked
package io.github.llmcache.redis;

import org.jspecify.annotations.NullMarked;
