/** Wiring of the operations. */
@NullMarked
package io.github.llmcache.autoconfigure.operations;

import org.jspecify.annotations.NullMarked;
