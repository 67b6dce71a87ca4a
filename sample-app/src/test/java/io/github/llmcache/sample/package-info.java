/** Runs the sample as its users do. */
@NullMarked
package io.github.llmcache.sample;

import org.jspecify.annotations.NullMarked;
