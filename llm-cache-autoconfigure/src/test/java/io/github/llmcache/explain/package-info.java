/** Tests of explanations. */
@NullMarked
package io.github.llmcache.explain;

import org.jspecify.annotations.NullMarked;
