package io.github.llmcache.engine;

import org.jspecify.annotations.Nullable;

/**
 * A call of the model that is about to begin.
 *
 * @param cache the cache
 * @param model the model that is named, or null
 * @param scope whose answer it will be, or null
 * @param mayBlock whether the guard may let this thread wait
 */
public record LoadRequest(
        String cache, @Nullable String model, @Nullable String scope, boolean mayBlock) {}
