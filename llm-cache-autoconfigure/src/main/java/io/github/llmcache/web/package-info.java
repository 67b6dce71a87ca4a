/** What requests over HTTP may ask of the cache, and what they are told. */
@NullMarked
package io.github.llmcache.web;

import org.jspecify.annotations.NullMarked;
