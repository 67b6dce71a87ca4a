/** Tests that run the features as Redis users who may do what the documentation says, or less. */
@NullMarked
package io.github.llmcache.rights;

import org.jspecify.annotations.NullMarked;
