/** What was asked, in canonical form, and the key made of it. */
@NullMarked
package io.github.llmcache.key;

import org.jspecify.annotations.NullMarked;
