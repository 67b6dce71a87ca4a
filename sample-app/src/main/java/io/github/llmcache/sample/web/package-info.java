/** What a browser or a script talks to. */
@NullMarked
package io.github.llmcache.sample.web;

import org.jspecify.annotations.NullMarked;
