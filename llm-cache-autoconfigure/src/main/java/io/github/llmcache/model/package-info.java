/** What is known of a model by its name: its version and its prices. */
@NullMarked
package io.github.llmcache.model;

import org.jspecify.annotations.NullMarked;
