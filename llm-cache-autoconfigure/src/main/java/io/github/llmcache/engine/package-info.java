/** The one path of a call: look up, load, admit, store. */
@NullMarked
package io.github.llmcache.engine;

import org.jspecify.annotations.NullMarked;
