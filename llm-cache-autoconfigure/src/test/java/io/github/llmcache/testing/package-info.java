/** Real servers for tests. */
@NullMarked
package io.github.llmcache.testing;

import org.jspecify.annotations.NullMarked;
