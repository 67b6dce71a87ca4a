/** Tests of the wiring of the Actuator endpoint. */
@NullMarked
package io.github.llmcache.autoconfigure.actuate;

import org.jspecify.annotations.NullMarked;
