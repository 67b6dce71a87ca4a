/** The wiring of the cache in a Spring Boot application. */
@NullMarked
package io.github.llmcache.autoconfigure;

import org.jspecify.annotations.NullMarked;
