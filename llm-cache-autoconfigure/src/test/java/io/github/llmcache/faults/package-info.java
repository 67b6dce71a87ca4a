/**
 * Faults under load: real servers that die, freeze, fill up or change places while callers ask without pause. They are
 * slow, carry the tag {@code faults}, and run by the Maven profile of that name.
 */
@NullMarked
package io.github.llmcache.faults;

import org.jspecify.annotations.NullMarked;
