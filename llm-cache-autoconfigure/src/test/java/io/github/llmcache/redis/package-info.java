/** The tier in Redis on real servers. */
@NullMarked
package io.github.llmcache.redis;

import org.jspecify.annotations.NullMarked;
