/** Tells which prompts were seen before. */
@NullMarked
package io.github.llmcache.usage.dedup;

import org.jspecify.annotations.NullMarked;
