/** Tells why a call is answered from the cache or not. */
@NullMarked
package io.github.llmcache.explain;

import org.jspecify.annotations.NullMarked;
