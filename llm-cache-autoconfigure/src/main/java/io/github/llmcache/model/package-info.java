/** What is known of a model by its name: its version, its prices, its parameters. */
@NullMarked
package io.github.llmcache.model;

import org.jspecify.annotations.NullMarked;
