/** What a hit costs, beside what the peers cost. */
@NullMarked
package io.github.llmcache.benchmarks;

import org.jspecify.annotations.NullMarked;
