/** What is known of a model by its name: for now its version. */
@NullMarked
package io.github.llmcache.model;

import org.jspecify.annotations.NullMarked;
