/** What is known of a model by its name: its version, its prices, its parameters, its TTL. */
@NullMarked
package io.github.llmcache.model;

import org.jspecify.annotations.NullMarked;
