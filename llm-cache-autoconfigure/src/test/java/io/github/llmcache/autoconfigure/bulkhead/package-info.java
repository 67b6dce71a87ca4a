/** Tests of the wiring of the limit on concurrent calls of the model. */
@NullMarked
package io.github.llmcache.autoconfigure.bulkhead;

import org.jspecify.annotations.NullMarked;
