/** Tests of the room of this name. */
@NullMarked
package io.github.llmcache.operations;

import org.jspecify.annotations.NullMarked;
