/** What is carried of a caller's thread to the threads that call the model for it. */
@NullMarked
package io.github.llmcache.context;

import org.jspecify.annotations.NullMarked;
