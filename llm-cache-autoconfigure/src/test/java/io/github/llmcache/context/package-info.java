/** Tests of what is carried from thread to thread. */
@NullMarked
package io.github.llmcache.context;

import org.jspecify.annotations.NullMarked;
