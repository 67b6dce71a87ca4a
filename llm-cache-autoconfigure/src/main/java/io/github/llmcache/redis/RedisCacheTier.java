package io.github.llmcache.redis;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.CacheTier;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.LeaseAttempt;
import io.github.llmcache.tier.TierLookup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.cache.RedisCache;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.cache.RedisCacheWriter;

/**
 * The tier in Redis: one string a prompt, read and written through the cache manager's writer; or, in caches with the hash
 * layout, one field a prompt.
 *
 * <p>Thread-safe. A lookup blocks no longer than the connection's timeout, or twice as long where it waits for the end of an
 * equal one; nothing else blocks.
 */
public final class RedisCacheTier implements CacheTier {

    private static final Duration LONGEST_LEASE = Duration.ofMinutes(10);

    /** Few enough that one answer of Redis is no more than a few megabytes of vectors. */
    private static final int BATCH = 128;

    /** The tier's name. */
    public static final String NAME = "redis";

    private final RedisCacheManager caches;
    private final EntryPlaces places;
    private final EntryReader reader;
    private final CacheConnection connection;
    private final EntryIndexes indexes;
    private final EntryStore store;
    private final RedisLeases leases;
    private final EntryCodec codec = new EntryCodec();
    private final FoundEntry found;
    private final SharedLookups lookups;

    /**
     * Creates the tier, which renews a lease for ten minutes.
     *
     * @param caches gives the writer of each cache
     * @param keys makes the keys in Redis
     * @param catalog tells how the entries of a cache lie, and how their keys look
     * @param connection the connection behind the caches, which says when it fails
     * @param lease how long a lease lives that is not renewed, at least 100 milliseconds
     */
    public RedisCacheTier(
            RedisCacheManager caches,
            RedisKeys keys,
            CacheCatalog catalog,
            CacheConnection connection,
            Duration lease) {
        this(caches, keys, catalog, connection, lease, LONGEST_LEASE, cache -> false);
    }

    /**
     * Creates the tier behind one in memory.
     *
     * @param caches gives the writer of each cache
     * @param keys makes the keys in Redis
     * @param catalog tells how the entries of a cache lie, and how their keys look
     * @param connection the connection behind the caches, which says when it fails
     * @param lease how long a lease lives that is not renewed, at least 100 milliseconds
     * @param longest for how long a lease is renewed; an answer that takes longer is not stored
     * @param keptNearer tells of which caches a nearer tier keeps what is read, so that it is asked how long it lives
     */
    public RedisCacheTier(
            RedisCacheManager caches,
            RedisKeys keys,
            CacheCatalog catalog,
            CacheConnection connection,
            Duration lease,
            Duration longest,
            Predicate<String> keptNearer) {
        this.caches = caches;
        this.places = new EntryPlaces(keys, catalog);
        this.reader = new EntryReader(connection, keptNearer);
        this.connection = connection;
        this.found = new FoundEntry(connection.clock());
        this.indexes = new EntryIndexes(connection, keys);
        this.store = new EntryStore(connection, keys);
        this.leases = new RedisLeases(connection, keys, lease, longest);
        this.lookups = new SharedLookups(
                this::lookUp,
                key -> lookUpLater(key, connection.threads().lookups()),
                connection.threads().lookups(),
                connection.timeout());
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public TierLookup lookup(PromptKey key) {
        return lookups.lookup(key);
    }

    private TierLookup lookUp(PromptKey key) {
        try {
            return found.in(reader.read(writer(key.cache()), key.cache(), places.of(key)), key);
        } catch (RuntimeException ex) {
            return failure(ex);
        }
    }

    /** Past the statistics of the cache manager, unless it has a writer of the application's own. */
    @Override
    public TierLookup peek(PromptKey key) {
        try {
            RedisCacheWriter writer = writer(key.cache());
            EntryPlace place = places.of(key);
            // Past the writer of the cache where it is the library's own, which counts.
            return found.in(
                    writer instanceof EntryCacheWriter || !(place instanceof KeyPlace string)
                            ? place.get(connection.commands())
                            : writer.get(key.cache(), string.key()),
                    key);
        } catch (RuntimeException ex) {
            return failure(ex);
        }
    }

    @Override
    public CompletionStage<TierLookup> lookupAsync(PromptKey key) {
        return lookUpLater(key, connection.threads().completions());
    }

    private CompletionStage<TierLookup> lookUpLater(PromptKey key, Executor executor) {
        try {
            RedisCacheWriter writer = writer(key.cache());
            EntryPlace place = places.of(key);
            if (!EntryReader.readsLater(writer, place)) {
                return CompletableFuture.supplyAsync(() -> lookUp(key), executor);
            }
            return reader.readLater(writer, key.cache(), place)
                    .handleAsync((value, failure) -> failure == null ? read(value, key) : failure(failure), executor);
        } catch (RuntimeException ex) {
            return CompletableFuture.completedFuture(failure(ex));
        }
    }

    /** One command for every so many keys, all sent at once; a tier in memory is not filled by it. */
    @Override
    public List<TierLookup> lookupAll(List<PromptKey> keys) {
        boolean own = keys.stream().allMatch(key -> writer(key.cache()) instanceof EntryCacheWriter);
        if (keys.size() < 2 || !own) {
            return CacheTier.super.lookupAll(keys);
        }
        List<CompletableFuture<List<byte @Nullable []>>> replies = new ArrayList<>();
        for (int start = 0; start < keys.size(); start += BATCH) {
            List<PromptKey> part = keys.subList(start, Math.min(keys.size(), start + BATCH));
            replies.add(readAll(part));
        }
        List<TierLookup> found = new ArrayList<>(keys.size());
        for (CompletableFuture<List<byte @Nullable []>> reply : replies) {
            List<PromptKey> part = keys.subList(found.size(), Math.min(keys.size(), found.size() + BATCH));
            found.addAll(read(reply, part));
        }
        return found;
    }

    private CompletableFuture<List<byte @Nullable []>> readAll(List<PromptKey> part) {
        try {
            return reader.readAll(placesOf(part));
        } catch (RuntimeException ex) {
            return CompletableFuture.failedFuture(ex);
        }
    }

    private List<EntryPlace> placesOf(List<PromptKey> keys) {
        return keys.stream().map(places::of).toList();
    }

    private List<TierLookup> read(CompletableFuture<List<byte @Nullable []>> reply, List<PromptKey> part) {
        List<byte @Nullable []> values;
        try {
            values = reply.get();
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            return Collections.nCopies(part.size(), new TierLookup.Failure(FailureKind.INTERRUPTED));
        } catch (ExecutionException ex) {
            return Collections.nCopies(part.size(), failure(ex.getCause() == null ? ex : ex.getCause()));
        } catch (RuntimeException ex) {
            return Collections.nCopies(part.size(), failure(ex));
        }
        List<TierLookup> found = new ArrayList<>(part.size());
        for (int i = 0; i < part.size(); i++) {
            PromptKey key = part.get(i);
            byte[] value = values.get(i);
            ((EntryCacheWriter) writer(key.cache())).looked(key.cache(), value != null);
            found.add(read(TimedValue.of(value, null), key));
        }
        return found;
    }

    @Override
    public CompletionStage<List<LeaseAttempt>> leaseAll(List<PromptKey> keys) {
        try {
            return leases.shareAll(keys, placesOf(keys));
        } catch (RuntimeException ex) {
            return CompletableFuture.completedFuture(Collections.nCopies(
                    keys.size(), new LeaseAttempt.Failed(connection.failed(ex).kind())));
        }
    }

    @Override
    public CompletionStage<Void> store(PromptKey key, CacheEntry entry, Duration ttl) {
        try {
            LeasedEntry unguarded = new LeasedEntry(key.cache(), places.of(key), Generations.UNGUARDED);
            return connection.pendingWrites().track(store(unguarded, entry, ttl).handle((stored, failure) -> {
                if (failure != null) {
                    throw connection.failed(failure);
                }
                return null;
            }));
        } catch (RuntimeException ex) {
            return CompletableFuture.failedFuture(connection.failed(ex));
        }
    }

    @Override
    public CompletionStage<LeaseAttempt> lease(PromptKey key, boolean exclusive) {
        try {
            EntryPlace place = places.of(key);
            return exclusive ? leases.acquire(key, place) : leases.share(key, place);
        } catch (RuntimeException ex) {
            return CompletableFuture.completedFuture(
                    new LeaseAttempt.Failed(connection.failed(ex).kind()));
        }
    }

    /** Who waits for the leases of others. */
    Landings landings() {
        return leases.landings();
    }

    private TierLookup read(@Nullable TimedValue value, PromptKey key) {
        try {
            return found.in(value, key);
        } catch (RuntimeException ex) {
            return failure(ex);
        }
    }

    private TierLookup failure(Throwable failure) {
        return new TierLookup.Failure(connection.failed(failure).kind());
    }

    /** A writer of the application's own is asked to write, after the indexes; it knows strings only. */
    private CompletableFuture<?> store(LeasedEntry entry, CacheEntry value, Duration ttl) {
        RedisCacheWriter writer = writer(entry.cache());
        if (!(writer instanceof EntryCacheWriter) && entry.place() instanceof KeyPlace string) {
            return indexes.add(entry.cache(), string, value, ttl)
                    .thenCompose(added -> writer.store(entry.cache(), string.key(), codec.write(value), ttl));
        }
        return store.store(entry, Hold.NONE, value, ttl).thenRun(() -> {
            if (writer instanceof EntryCacheWriter own) {
                own.stored(entry.cache());
            }
        });
    }

    private RedisCacheWriter writer(String cache) {
        return ((RedisCache) Objects.requireNonNull(caches.getCache(cache), cache)).getNativeCache();
    }
}
