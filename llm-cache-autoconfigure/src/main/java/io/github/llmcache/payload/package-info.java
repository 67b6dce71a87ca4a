/** How an answer becomes JSON and an answer again. */
@NullMarked
package io.github.llmcache.payload;

import org.jspecify.annotations.NullMarked;
