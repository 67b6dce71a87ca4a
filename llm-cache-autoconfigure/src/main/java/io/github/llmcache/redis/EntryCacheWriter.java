package io.github.llmcache.redis;

import io.github.llmcache.tier.Eviction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.cache.CacheStatistics;
import org.springframework.data.redis.cache.CacheStatisticsCollector;
import org.springframework.data.redis.cache.RedisCacheWriter;
import org.springframework.data.redis.connection.RedisConnection;

/**
 * The writer behind the cache manager: {@code get} and {@code store} by the fast commands, clearing by
 * {@code SCAN} in whatever Redis it is, everything else as Spring Data does it, with immediate writes.
 *
 * <p>Thread-safe.
 */
final class EntryCacheWriter implements RedisCacheWriter {

    /** SHA-256 as base64url, as keys of prompts are made unless the application makes them itself. */
    private static final Pattern DIGEST = Pattern.compile("[A-Za-z0-9_-]{43}");

    private final CacheConnection connection;
    private final EntryCommands commands;
    private final CacheStatisticsCollector statistics;
    private final RedisCacheWriter others;
    private final RedisKeys keys;
    private final Generations generations;
    private final NearCopies near;
    private final HashEntries hashes;

    /**
     * Creates the writer.
     *
     * @param connection the cache's connection
     * @param statistics counts
     * @param keys makes the keys in Redis
     * @param near is told what is taken away
     * @param hashes takes away what does not lie in strings
     */
    EntryCacheWriter(
            CacheConnection connection,
            CacheStatisticsCollector statistics,
            RedisKeys keys,
            NearCopies near,
            HashEntries hashes) {
        this.connection = connection;
        this.hashes = hashes;
        this.keys = keys;
        this.near = near;
        this.generations = new Generations(connection, keys);
        this.commands = connection.commands();
        this.statistics = statistics;
        this.others = RedisCacheWriter.create(
                connection.factory(), writer -> writer.immediateWrites().collectStatistics(statistics));
    }

    @Override
    public byte @Nullable [] get(String name, byte[] key) {
        byte[] value = commands.get(key);
        count(name, value != null);
        return value;
    }

    /** Reads a value, and how long it still lives where the client can tell. */
    @Nullable
    TimedValue getTimed(String name, byte[] key) {
        TimedValue value = commands.getTimed(key);
        count(name, value != null);
        return value;
    }

    /** As {@link #getTimed}, without blocking. */
    CompletableFuture<@Nullable TimedValue> getTimedLater(String name, byte[] key) {
        return commands.getTimedLater(key).thenApply(value -> {
            count(name, value != null);
            return value;
        });
    }

    /** Counts a read past this writer. */
    void looked(String name, boolean hit) {
        count(name, hit);
    }

    private void count(String name, boolean hit) {
        statistics.incGets(name);
        if (hit) {
            statistics.incHits(name);
        } else {
            statistics.incMisses(name);
        }
    }

    @Override
    public byte @Nullable [] get(String name, byte[] key, @Nullable Duration ttl) {
        return ttl == null ? get(name, key) : others.get(name, key, ttl);
    }

    @Override
    public boolean supportsAsyncRetrieve() {
        return true;
    }

    @Override
    public CompletableFuture<byte[]> retrieve(String name, byte[] key, @Nullable Duration ttl) {
        if (ttl != null) {
            return others.retrieve(name, key, ttl);
        }
        return commands.getLater(key).thenApply(value -> {
            count(name, value != null);
            return value;
        });
    }

    @Override
    public CompletableFuture<Void> store(String name, byte[] key, byte[] value, @Nullable Duration ttl) {
        if (ttl == null) {
            return others.store(name, key, value, null);
        }
        return commands.set(key, value, ttl).thenRun(() -> statistics.incPuts(name));
    }

    /** Counts an entry that was stored past this writer. */
    void stored(String name) {
        statistics.incPuts(name);
    }

    @Override
    public void put(String name, byte[] key, byte[] value, @Nullable Duration ttl) {
        others.put(name, key, value, ttl);
    }

    @Override
    public byte @Nullable [] putIfAbsent(String name, byte[] key, byte[] value, @Nullable Duration ttl) {
        return others.putIfAbsent(name, key, value, ttl);
    }

    @Override
    public void evict(String name, byte[] key) {
        evictIfPresent(name, key);
    }

    @Override
    public boolean evictIfPresent(String name, byte[] key) {
        String digest = digestOf(name, key);
        RuntimeException unmarked = digest == null ? null : mark(name, digest);
        try (RedisConnection redis = connection.factory().getConnection()) {
            RemovedEntries removed = new RemovedEntries(connection, keys, near, redis, name);
            removed.remove(List.of(new KeyPlace(new String(key, StandardCharsets.UTF_8))));
            if (digest != null) {
                hashes.removeDigest(redis, name, digest, removed);
            }
            statistics.incDeletes(name);
            if (unmarked != null) {
                throw unmarked;
            }
            return removed.count() > 0;
        }
    }

    /** The digest of an answer's key; null where the key is a plain value's, or readable and without a whole digest. */
    private @Nullable String digestOf(String name, byte[] key) {
        String redisKey = new String(key, StandardCharsets.UTF_8);
        String beginning = keys.beginning(name);
        String digest = redisKey.startsWith(beginning) ? redisKey.substring(beginning.length()) : "";
        return DIGEST.matcher(digest).matches() ? digest : null;
    }

    /**
     * Lets no answer be stored that was asked for before. Keys of plain values get no mark: each would take memory for a
     * day. For a readable key it has to do that the lease is taken away.
     */
    private @Nullable RuntimeException mark(String name, String digest) {
        try {
            generations.evicted(name, Term.of(new Eviction.OfDigest(digest)));
            return null;
        } catch (RuntimeException ex) {
            // It is taken away all the same.
            return ex;
        }
    }

    @Override
    public void clear(String name, byte[] pattern) {
        invalidate(name, pattern);
    }

    @Override
    public boolean invalidate(String name, byte[] pattern) {
        generations.evicted(name, Term.of(new Eviction.OfAll()));
        // Spring Data's own way has no SCAN for a cluster with Jedis.
        try (RedisConnection redis = connection.factory().getConnection()) {
            String keysOfCache = new String(pattern, StandardCharsets.UTF_8);
            long removed = connection.unlinkAll(redis, keysOfCache);
            if (keysOfCache.equals(keys.pattern(name))) {
                RemovedEntries fields = new RemovedEntries(connection, keys, near, redis, name);
                hashes.removeAll(redis, name, fields);
                removed += fields.count();
            }
            near.removedAll();
            statistics.incDeletesBy(name, (int) Math.min(Integer.MAX_VALUE, removed));
            return removed > 0;
        }
    }

    @Override
    public void clearStatistics(String name) {
        statistics.reset(name);
    }

    @Override
    public RedisCacheWriter withStatisticsCollector(CacheStatisticsCollector collector) {
        return new EntryCacheWriter(connection, collector, keys, near, hashes);
    }

    @Override
    public CacheStatistics getCacheStatistics(String name) {
        return statistics.getCacheStatistics(name);
    }
}
