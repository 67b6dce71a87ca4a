/** What a user writes on a method: the annotations of the cache. */
@NullMarked
package io.github.llmcache.annotation;

import org.jspecify.annotations.NullMarked;
