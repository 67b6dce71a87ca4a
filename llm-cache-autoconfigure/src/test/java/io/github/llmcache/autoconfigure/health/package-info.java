/** Tests of the wiring of the cache's part in the health of the application. */
@NullMarked
package io.github.llmcache.autoconfigure.health;

import org.jspecify.annotations.NullMarked;
