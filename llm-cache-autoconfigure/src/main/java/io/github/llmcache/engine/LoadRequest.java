package io.github.llmcache.engine;

import org.jspecify.annotations.Nullable;

/**
 * A call of the model that is about to begin.
 *
 * @param cache the cache
 * @param model the model that is named, or null
 * @param scope whose answer it will be, or null
 * @param mayBlock whether the guard may let this thread wait
 * @param subject whose usage it is, as was told when the call began on its caller's thread, or null
 */
public record LoadRequest(
        String cache,
        @Nullable String model,
        @Nullable String scope,
        boolean mayBlock,
        @Nullable String subject) {

    /**
     * Creates a request whose usage is nobody's.
     *
     * @param cache the cache
     * @param model the model that is named, or null
     * @param scope whose answer it will be, or null
     * @param mayBlock whether the guard may let this thread wait
     */
    public LoadRequest(String cache, @Nullable String model, @Nullable String scope, boolean mayBlock) {
        this(cache, model, scope, mayBlock, null);
    }
}
