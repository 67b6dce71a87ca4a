/** The models, each against a stub of its protocol. */
@NullMarked
package io.github.llmcache.sample.model;

import org.jspecify.annotations.NullMarked;
