/** A question-and-answer service whose answers are cached. */
@NullMarked
package io.github.llmcache.sample;

import org.jspecify.annotations.NullMarked;
