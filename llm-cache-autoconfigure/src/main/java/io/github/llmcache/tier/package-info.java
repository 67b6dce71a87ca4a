/** A place that keeps entries, and what an entry is. */
@NullMarked
package io.github.llmcache.tier;

import org.jspecify.annotations.NullMarked;
