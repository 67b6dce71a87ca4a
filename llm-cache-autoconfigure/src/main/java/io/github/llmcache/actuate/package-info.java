/** The Actuator endpoint llmcache. */
@NullMarked
package io.github.llmcache.actuate;

import org.jspecify.annotations.NullMarked;
