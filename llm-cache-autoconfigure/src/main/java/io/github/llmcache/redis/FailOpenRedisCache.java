package io.github.llmcache.redis;

import io.github.llmcache.tier.FailureKind;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.cache.RedisCache;
import org.springframework.data.redis.cache.RedisCacheConfiguration;
import org.springframework.data.redis.cache.RedisCacheWriter;
import org.springframework.data.redis.serializer.SerializationException;

/**
 * A cache for plain {@code @Cacheable} methods: whatever goes wrong is a miss, or a value that is not kept.
 *
 * <p>Thread-safe. A load runs without a connection being held.
 */
final class FailOpenRedisCache extends RedisCache {

    private static final Log log = LogFactory.getLog(FailOpenRedisCache.class);

    /** There is a message for each type that can't be kept, and types are few. */
    private static final int MOST_SAID = 100;

    private final RedisFailureLog failureLog;
    private final Set<String> said = ConcurrentHashMap.newKeySet();

    FailOpenRedisCache(
            String name, RedisCacheWriter writer, RedisCacheConfiguration configuration, RedisFailureLog failureLog) {
        super(name, writer, configuration);
        this.failureLog = failureLog;
    }

    @Override
    protected @Nullable Object lookup(Object key) {
        try {
            return super.lookup(key);
        } catch (RuntimeException ex) {
            failed(ex);
            return null;
        }
    }

    @Override
    @SuppressWarnings("unchecked") // the cache abstraction trusts that a key's values are of its loader's type
    public <T> @Nullable T get(Object key, Callable<T> loader) {
        ValueWrapper found = get(key);
        if (found != null) {
            return (T) found.get();
        }
        T value = loadCacheValue(key, loader);
        put(key, value);
        return value;
    }

    @Override
    public void put(Object key, @Nullable Object value) {
        if (value != null) {
            run(() -> super.put(key, value));
        }
    }

    @Override
    public @Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
        try {
            return value == null ? get(key) : super.putIfAbsent(key, value);
        } catch (RuntimeException ex) {
            failed(ex);
            return null;
        }
    }

    @Override
    public CompletableFuture<ValueWrapper> retrieve(Object key) {
        // On the caller's thread, bounded by the timeout: works with every client, and over the one connection.
        return CompletableFuture.completedFuture(get(key));
    }

    @Override
    @SuppressWarnings("unchecked") // as above
    public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> loader) {
        ValueWrapper found = get(key);
        if (found != null) {
            return CompletableFuture.completedFuture((T) found.get());
        }
        return loader.get().thenApply(value -> {
            put(key, value);
            return value;
        });
    }

    @Override
    public void evict(Object key) {
        run(() -> super.evict(key));
    }

    @Override
    public boolean evictIfPresent(Object key) {
        try {
            return super.evictIfPresent(key);
        } catch (RuntimeException ex) {
            failed(ex);
            return false;
        }
    }

    @Override
    public void clear(String keyPattern) {
        run(() -> getCacheWriter().clear(getName(), pattern(keyPattern)));
    }

    @Override
    public boolean invalidate() {
        try {
            return getCacheWriter().invalidate(getName(), pattern("*"));
        } catch (RuntimeException ex) {
            failed(ex);
            return false;
        }
    }

    /** Characters of the prefix that mean something in a pattern would match keys of other caches. */
    private byte[] pattern(String keyPattern) {
        return RedisKeys.bytes(KeySegments.escape(getCacheConfiguration().getKeyPrefixFor(getName())) + keyPattern);
    }

    private void run(Runnable operation) {
        try {
            operation.run();
        } catch (RuntimeException ex) {
            failed(ex);
        }
    }

    private void failed(RuntimeException ex) {
        if (ex instanceof SerializationException) {
            if (said.size() < MOST_SAID && said.add(String.valueOf(ex.getMessage()))) {
                log.warn("Cache '" + getName() + "': " + ex.getMessage() + ". This is said once.");
            }
            return;
        }
        FailureKind kind = RedisFailures.kindOf(ex);
        failureLog.failed(kind);
    }
}
