package io.github.llmcache.engine;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a request to a model before it is looked up.
 *
 * @param cache the cache
 * @param model the model that is named, or null
 * @param temperature how much chance there is in the model's choice of words, or null where the request does not say
 */
public record RequestTraits(
        String cache, @Nullable String model, @Nullable Double temperature) {}
