/** Tests of the limit on concurrent calls of the model. */
@NullMarked
package io.github.llmcache.bulkhead;

import org.jspecify.annotations.NullMarked;
