/** Tests of the room of this name. */
@NullMarked
package io.github.llmcache.interceptor;

import org.jspecify.annotations.NullMarked;
