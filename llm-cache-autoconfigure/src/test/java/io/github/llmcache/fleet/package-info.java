/** Tests with several JVMs on one Redis. */
@NullMarked
package io.github.llmcache.fleet;

import org.jspecify.annotations.NullMarked;
