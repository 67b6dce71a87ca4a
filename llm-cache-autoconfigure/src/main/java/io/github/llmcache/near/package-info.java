/** The tier in the memory of this JVM. */
@NullMarked
package io.github.llmcache.near;

import org.jspecify.annotations.NullMarked;
