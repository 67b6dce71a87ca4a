package io.github.llmcache.redis;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CachePolicy;
import io.github.llmcache.engine.CacheSettings;
import io.github.llmcache.tier.InvalidationListener;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.cache.CacheStatisticsCollector;
import org.springframework.data.redis.cache.RedisCache;
import org.springframework.data.redis.cache.RedisCacheConfiguration;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.serializer.RedisSerializationContext.SerializationPair;

/**
 * The cache manager {@code llmCacheManager}: caches in Redis with the TTL of the cache's settings, whose failures stay
 * inside.
 *
 * <p>It carries the answers of {@code @CachedPrompt}, and can be named by {@code @Cacheable(cacheManager =
 * "llmCacheManager")} for methods that return texts, booleans, Integers, Doubles, lists or maps. Such values have keys of
 * their own, whatever the layout of the cache; clearing a cache takes its answers away in every layout. Thread-safe.
 */
public final class LlmRedisCacheManager extends RedisCacheManager {

    private final Function<String, RedisCacheConfiguration> configurations;
    private final RedisFailureLog failureLog;

    private LlmRedisCacheManager(
            EntryCacheWriter writer,
            Function<String, RedisCacheConfiguration> configurations,
            Map<String, RedisCacheConfiguration> caches,
            RedisFailureLog failureLog) {
        super(writer, configurations.apply(CacheCatalog.DEFAULT_CACHE), true, caches);
        this.configurations = configurations;
        this.failureLog = failureLog;
    }

    /**
     * Creates the manager.
     *
     * @param connection the cache's connection
     * @param keys makes the keys in Redis
     * @param catalog the caches and their settings
     * @param clock tells the time at which values are made
     * @return the manager, with the caches that the catalog knows by now
     */
    public static LlmRedisCacheManager of(
            CacheConnection connection, RedisKeys keys, CacheCatalog catalog, InstantSource clock) {
        return of(connection, keys, catalog, clock, null);
    }

    /**
     * Creates the manager behind a tier in memory.
     *
     * @param connection the cache's connection
     * @param keys makes the keys in Redis
     * @param catalog the caches and their settings
     * @param clock tells the time at which values are made
     * @param near the tier in the memory of this JVM, which is told what is taken away here, or null
     * @return the manager, with the caches that the catalog knows by now
     */
    public static LlmRedisCacheManager of(
            CacheConnection connection,
            RedisKeys keys,
            CacheCatalog catalog,
            InstantSource clock,
            @Nullable InvalidationListener near) {
        EntryCacheWriter writer = new EntryCacheWriter(
                connection,
                CacheStatisticsCollector.create(),
                keys,
                new NearCopies(keys, catalog, near),
                new HashEntries(connection, keys, catalog));
        Map<String, RedisCacheConfiguration> caches = new LinkedHashMap<>();
        for (String name : catalog.names()) {
            caches.put(name, configuration(catalog.settingsOf(name), keys, clock));
        }
        return new LlmRedisCacheManager(
                writer, name -> configuration(catalog.settingsOf(name), keys, clock), caches, connection.failureLog());
    }

    /**
     * Makes a cache that a method names only now, with the settings that hold for its name.
     *
     * @throws IllegalArgumentException if the name is reserved for something else that is in Redis
     */
    @Override
    protected RedisCache getMissingCache(String name) {
        CacheCatalog.checkName(name);
        return createRedisCache(name, configurations.apply(name));
    }

    @Override
    protected RedisCache createRedisCache(String name, @Nullable RedisCacheConfiguration configuration) {
        return new FailOpenRedisCache(
                name,
                getCacheWriter(),
                configuration == null ? getDefaultCacheConfiguration() : configuration,
                failureLog);
    }

    private static RedisCacheConfiguration configuration(CacheSettings settings, RedisKeys keys, InstantSource clock) {
        Duration ttl = settings.ttl();
        double jitter = settings.ttlJitter();
        return RedisCacheConfiguration.defaultCacheConfig()
                .computePrefixWith(keys::beginning)
                .disableCachingNullValues()
                .entryTtl((key, value) -> CachePolicy.jittered(
                        ttl, jitter, ThreadLocalRandom.current().nextDouble()))
                .serializeValuesWith(SerializationPair.fromSerializer(new PlainValueSerializer(ttl, clock)));
    }
}
