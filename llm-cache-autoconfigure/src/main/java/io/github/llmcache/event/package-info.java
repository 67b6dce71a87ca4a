/** What the cache tells those who watch it: calls, failures, rejected answers. */
@NullMarked
package io.github.llmcache.event;

import org.jspecify.annotations.NullMarked;
