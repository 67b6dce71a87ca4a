/** The wiring of what requests over HTTP may ask of the cache. */
@NullMarked
package io.github.llmcache.autoconfigure.web;

import org.jspecify.annotations.NullMarked;
