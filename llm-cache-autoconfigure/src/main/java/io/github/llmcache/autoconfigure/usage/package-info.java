/** Wiring of usage counters and budgets. */
@NullMarked
package io.github.llmcache.autoconfigure.usage;

import org.jspecify.annotations.NullMarked;
