/** The model that answers: one of three providers, or a slow demo. */
@NullMarked
package io.github.llmcache.sample.model;

import org.jspecify.annotations.NullMarked;
