/** Tests of the cache's meters. */
@NullMarked
package io.github.llmcache.metrics;

import org.jspecify.annotations.NullMarked;
