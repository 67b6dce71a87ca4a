/** What users use of models, and how much of it they may. */
@NullMarked
package io.github.llmcache.usage;

import org.jspecify.annotations.NullMarked;
