/** The wiring of what is carried of a caller's thread to others. */
@NullMarked
package io.github.llmcache.autoconfigure.context;

import org.jspecify.annotations.NullMarked;
