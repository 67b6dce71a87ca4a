package io.github.llmcache.autoconfigure.redis;

import io.github.llmcache.autoconfigure.InvalidLlmCachePropertyException;
import io.github.llmcache.autoconfigure.LlmCacheProperties;
import io.github.llmcache.engine.CacheLayout;
import io.github.llmcache.redis.LlmRedisCacheManager;
import org.springframework.data.redis.cache.RedisCacheManager;

/** Refuses a layout that the cache manager does not know. */
final class LayoutProperties {

    private LayoutProperties() {}

    /**
     * Checks that answers lie in hashes only behind the cache manager of this library: one of the application's own writes
     * strings, and may do more with them, such as encrypting them, that must not be passed by.
     */
    static void check(LlmCacheProperties properties, RedisCacheManager caches) {
        if (caches instanceof LlmRedisCacheManager) {
            return;
        }
        refuse("llm-cache.layout", properties.layout());
        properties.caches().forEach((name, cache) -> {
            if (cache.layout() != null) {
                refuse("llm-cache.caches." + name + ".layout", cache.layout());
            }
        });
    }

    private static void refuse(String property, CacheLayout layout) {
        if (layout == CacheLayout.HASH) {
            throw new InvalidLlmCachePropertyException(
                    property,
                    "hash",
                    "takes answers past the cache manager, while the bean llmCacheManager is the application's own",
                    "Set " + property + " to string, or leave the bean llmCacheManager to llm-cache.");
        }
    }
}
