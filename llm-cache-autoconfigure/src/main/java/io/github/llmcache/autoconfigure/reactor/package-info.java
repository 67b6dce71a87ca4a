/** Wiring of the room for Reactor, where the application has it. */
@NullMarked
package io.github.llmcache.autoconfigure.reactor;

import org.jspecify.annotations.NullMarked;
