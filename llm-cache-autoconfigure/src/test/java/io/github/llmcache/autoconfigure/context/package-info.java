/** Tests of the wiring of what is carried from thread to thread. */
@NullMarked
package io.github.llmcache.autoconfigure.context;

import org.jspecify.annotations.NullMarked;
