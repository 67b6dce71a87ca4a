/** What an application does with a cache besides calling cached methods: put, evict, forget, export and warm. */
@NullMarked
package io.github.llmcache.operations;

import org.jspecify.annotations.NullMarked;
