/** Tests of the library as a whole. */
@NullMarked
package io.github.llmcache;

import org.jspecify.annotations.NullMarked;
