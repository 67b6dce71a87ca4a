/** The Redis that keeps the answers: the one that was named, or a real one that the sample starts. */
@NullMarked
package io.github.llmcache.sample.redis;

import org.jspecify.annotations.NullMarked;
