/** How an annotated method becomes a call of the engine. */
@NullMarked
package io.github.llmcache.interceptor;

import org.jspecify.annotations.NullMarked;
