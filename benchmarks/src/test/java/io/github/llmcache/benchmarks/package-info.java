/** Keeps the benchmarks running. */
@NullMarked
package io.github.llmcache.benchmarks;

import org.jspecify.annotations.NullMarked;
