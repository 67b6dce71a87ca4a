package io.github.llmcache.redis;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.CacheTier;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import io.github.llmcache.tier.TierLookup;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.springframework.data.redis.cache.RedisCache;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.cache.RedisCacheWriter;

/**
 * The tier in Redis: one string a prompt, read and written through the cache manager's writer.
 *
 * <p>Thread-safe. A lookup blocks no longer than the connection's timeout; a store does not block.
 */
public final class RedisCacheTier implements CacheTier {

    /** The tier's name. */
    public static final String NAME = "redis";

    private final RedisCacheManager caches;
    private final RedisKeys keys;
    private final CacheCatalog catalog;
    private final RedisFailureLog failureLog;
    private final EntryCodec codec = new EntryCodec();

    /**
     * Creates the tier.
     *
     * @param caches gives the writer of each cache
     * @param keys makes the keys in Redis
     * @param catalog tells how the keys of a cache look
     * @param connection the connection behind the caches, which says when it fails
     */
    public RedisCacheTier(RedisCacheManager caches, RedisKeys keys, CacheCatalog catalog, CacheConnection connection) {
        this.caches = caches;
        this.keys = keys;
        this.catalog = catalog;
        this.failureLog = connection.failureLog();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public TierLookup lookup(PromptKey key) {
        try {
            byte[] value = writer(key.cache()).get(key.cache(), redisKey(key));
            if (value == null) {
                return TierLookup.Miss.INSTANCE;
            }
            CacheEntry entry = codec.read(value);
            // A readable key carries a part of the digest only, and anybody can write to Redis.
            if (!entry.digest().equals(key.digest())) {
                throw new TierException(FailureKind.UNREADABLE, "The entry answers another request", null);
            }
            return new TierLookup.Hit(entry);
        } catch (RuntimeException ex) {
            return new TierLookup.Failure(failed(ex).kind());
        }
    }

    @Override
    public CompletionStage<Void> store(PromptKey key, CacheEntry entry, Duration ttl) {
        try {
            return writer(key.cache())
                    .store(key.cache(), redisKey(key), codec.write(entry), ttl)
                    .handle((stored, failure) -> {
                        if (failure != null) {
                            throw failed(failure);
                        }
                        return null;
                    });
        } catch (RuntimeException ex) {
            return CompletableFuture.failedFuture(failed(ex));
        }
    }

    private RedisCacheWriter writer(String cache) {
        return ((RedisCache) Objects.requireNonNull(caches.getCache(cache), cache)).getNativeCache();
    }

    private byte[] redisKey(PromptKey key) {
        return RedisKeys.bytes(keys.key(key, catalog.settingsOf(key.cache()).keyStyle()));
    }

    private TierException failed(Throwable failure) {
        TierException translated = RedisFailures.translate(failure);
        failureLog.failed(translated.kind());
        return translated;
    }
}
