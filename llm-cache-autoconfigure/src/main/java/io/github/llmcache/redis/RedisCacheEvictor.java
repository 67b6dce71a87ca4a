package io.github.llmcache.redis;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.tier.CacheEvictor;
import io.github.llmcache.tier.Eviction;
import io.github.llmcache.tier.EvictionListener;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.InvalidationListener;
import io.github.llmcache.tier.TierException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;

/**
 * Takes entries out of Redis, whichever layout they have: one by its key, all of a tag, scope, model or key by their
 * index, and all of a cache by {@code SCAN}.
 *
 * <p>Thread-safe. Each command is bounded by the connection's timeout.
 */
public final class RedisCacheEvictor implements CacheEvictor {

    private final CacheConnection connection;
    private final RedisKeys keys;
    private final Generations generations;
    private final List<EntryFinder> layouts;
    private final NearCopies near;
    private final List<EvictionListener> listeners;

    /**
     * Creates the evictor.
     *
     * @param connection the cache's connection
     * @param keys makes the keys in Redis
     * @param catalog tells how the entries of a cache lie, and how their keys look
     * @param near the tier in the memory of this JVM, which serves nothing of what is evicted here once that has ended, or null
     * @param listeners hear of every eviction
     */
    public RedisCacheEvictor(
            CacheConnection connection,
            RedisKeys keys,
            CacheCatalog catalog,
            @Nullable InvalidationListener near,
            List<EvictionListener> listeners) {
        this.connection = connection;
        this.keys = keys;
        this.generations = new Generations(connection, keys);
        this.layouts = List.of(new KeyEntries(connection, keys, catalog), new HashEntries(connection, keys, catalog));
        this.near = new NearCopies(keys, catalog, near);
        this.listeners = List.copyOf(listeners);
    }

    @Override
    public long evict(String cache, Eviction eviction) {
        try {
            Term term = Term.of(eviction);
            long removed = 0;
            try {
                generations.evicted(cache, term);
            } catch (RuntimeException ex) {
                if (RedisFailures.kindOf(ex) != FailureKind.OUT_OF_MEMORY) {
                    throw ex;
                }
                // What is taken away makes room for the mark, without which what is stored meanwhile would stay.
                removed = remove(cache, term, false);
                generations.evicted(cache, term);
            }
            return removed + remove(cache, term, true);
        } catch (RuntimeException ex) {
            throw failure(ex);
        } finally {
            listeners.forEach(listener -> listener.evicted(cache, eviction));
        }
    }

    @Override
    public Set<String> cachesOf(String scope) {
        Term term = new Term(Term.Kind.SCOPE, scope);
        Set<String> caches = new TreeSet<>();
        try (RedisConnection redis = connection.factory().getConnection()) {
            connection.scanner().scanAll(redis, keys.indexPattern(term), KeyScanner.COUNT, batch -> {
                for (byte[] index : batch) {
                    caches.add(keys.cacheOfIndex(new String(index, StandardCharsets.UTF_8), term));
                }
                return true;
            });
        } catch (RuntimeException ex) {
            throw failure(ex);
        }
        return caches;
    }

    @Override
    public Duration settlingTime() {
        return InvalidationListener.SETTLING;
    }

    /** Says what to allow, because whoever evicts hears of it nowhere else. */
    private static TierException failure(RuntimeException ex) {
        if (RedisFailures.kindOf(ex) != FailureKind.DENIED) {
            return RedisFailures.translate(ex);
        }
        String denied = RedisFailures.deniedCommand(ex);
        if (denied == null) {
            return new TierException(
                    FailureKind.DENIED,
                    "Redis denies access.",
                    "Check spring.data.redis.username and password, and the user's ACL of Redis.",
                    ex);
        }
        // What is found by SCAN is taken away by UNLINK, which the server would name only next.
        String allowed = denied.equals("SCAN") ? "commands SCAN and UNLINK" : "command " + denied;
        return new TierException(
                FailureKind.DENIED,
                "Redis denies the command " + denied + ".",
                "Allow the " + allowed + " in the ACL of the user of spring.data.redis.username.",
                ex);
    }

    private long remove(String cache, Term term, boolean marking) {
        try (RedisConnection redis = connection.factory().getConnection()) {
            RemovedEntries removed = new RemovedEntries(connection, keys, near, redis, cache);
            Runnable mark = marking ? () -> generations.evicted(cache, term) : null;
            // Other instances may have another layout, and this one may have had it before.
            switch (term.kind()) {
                case DIGEST -> layouts.forEach(layout -> layout.removeDigest(redis, cache, term.value(), removed));
                case ALL -> {
                    layouts.forEach(layout -> layout.removeAll(redis, cache, removed));
                    near.removedAll();
                }
                case MODEL -> layouts.forEach(layout -> layout.removeModel(redis, cache, term, removed, mark));
                case KEY, TAG, SCOPE ->
                    new IndexedEntries(connection, redis, keys, RedisKeys.bytes(keys.index(cache, term)))
                            .remove(removed, mark);
            }
            return removed.count();
        }
    }
}
