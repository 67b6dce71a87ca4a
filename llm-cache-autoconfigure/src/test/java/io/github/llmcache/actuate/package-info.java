/** Tests of the Actuator endpoint. */
@NullMarked
package io.github.llmcache.actuate;

import org.jspecify.annotations.NullMarked;
