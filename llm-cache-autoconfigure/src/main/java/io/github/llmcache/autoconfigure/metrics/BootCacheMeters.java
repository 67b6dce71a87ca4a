package io.github.llmcache.autoconfigure.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.cache.metrics.RedisCacheMetrics;
import org.springframework.cache.Cache;
import org.springframework.data.redis.cache.RedisCache;
import org.springframework.data.redis.cache.RedisCacheManager;

/**
 * Boot's own cache meters for the caches in Redis, as Boot would name them.
 *
 * <p>Boot binds the caches of all managers as soon as there is one that can be injected by its type, which this one can't.
 * So this is for applications that have no other.
 */
final class BootCacheMeters implements MeterBinder {

    private final RedisCacheManager caches;

    BootCacheMeters(RedisCacheManager caches) {
        this.caches = caches;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (String name : caches.getCacheNames()) {
            Cache cache = caches.getCache(name);
            if (cache instanceof RedisCache redisCache) {
                new RedisCacheMetrics(redisCache, Tags.of("cache.manager", "llm", "name", name)).bindTo(registry);
            }
        }
    }
}
