/** What the web layer reckons. */
@NullMarked
package io.github.llmcache.sample.web;

import org.jspecify.annotations.NullMarked;
