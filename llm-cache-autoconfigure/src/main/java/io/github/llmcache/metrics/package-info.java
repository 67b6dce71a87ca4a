/** The cache's Micrometer meters. */
@NullMarked
package io.github.llmcache.metrics;

import org.jspecify.annotations.NullMarked;
