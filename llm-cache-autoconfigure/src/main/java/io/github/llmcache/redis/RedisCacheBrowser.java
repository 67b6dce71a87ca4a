package io.github.llmcache.redis;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CacheLayout;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.tier.CacheBrowser;
import io.github.llmcache.tier.CacheEvictor;
import io.github.llmcache.tier.EntryCount;
import io.github.llmcache.tier.EntryPage;
import io.github.llmcache.tier.Eviction;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.ServerMemory;
import io.github.llmcache.tier.StoredEntry;
import io.github.llmcache.tier.TierException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;

/**
 * Looks into the caches in Redis, by {@code SCAN} and {@code HSCAN}, never by {@code KEYS} or {@code HGETALL}.
 *
 * <p>Thread-safe. Each command is bounded by the connection's timeout.
 */
public final class RedisCacheBrowser implements CacheBrowser {

    /** Few keys may match a pattern among many of others, so a page stops after so many batches. */
    private static final int BATCHES_PER_PAGE = 200;

    private final CacheConnection connection;
    private final CacheCatalog catalog;
    private final EntryPlaces places;
    private final EntryFinder strings;
    private final EntryFinder hashes;
    private final CacheEvictor evictor;

    /**
     * Creates the browser.
     *
     * @param connection the cache's connection
     * @param keys makes the keys in Redis
     * @param catalog tells how the entries of a cache lie, and how their keys look
     */
    public RedisCacheBrowser(CacheConnection connection, RedisKeys keys, CacheCatalog catalog) {
        this(connection, keys, catalog, new RedisCacheEvictor(connection, keys, catalog, null, List.of()));
    }

    /**
     * Creates the browser.
     *
     * @param connection the cache's connection
     * @param keys makes the keys in Redis
     * @param catalog tells how the entries of a cache lie, and how their keys look
     * @param evictor takes entries away
     */
    public RedisCacheBrowser(CacheConnection connection, RedisKeys keys, CacheCatalog catalog, CacheEvictor evictor) {
        this.connection = connection;
        this.catalog = catalog;
        this.places = new EntryPlaces(keys, catalog);
        this.strings = new KeyEntries(connection, keys, catalog);
        this.hashes = new HashEntries(connection, keys, catalog);
        this.evictor = evictor;
    }

    @Override
    public EntryPage page(String cache, @Nullable String cursor, int limit, @Nullable String prompt) {
        return ask(redis -> {
            List<StoredEntry> entries = new ArrayList<>();
            int unreadable = 0;
            String next = cursor;
            for (int batches = 0; batches < BATCHES_PER_PAGE; batches++) {
                EntryFinder.Reads batch = finder(cache).scan(redis, cache, next, Math.max(10, limit));
                for (EntryFinder.Read read : batch.all()) {
                    if (read.entry() != null && matches(read.entry(), prompt)) {
                        entries.add(read.entry());
                    } else if (read.unreadable()) {
                        unreadable++;
                    }
                }
                next = batch.next();
                if (next == null || entries.size() >= limit) {
                    break;
                }
            }
            return new EntryPage(entries, unreadable, next);
        });
    }

    @Override
    public Optional<StoredEntry> find(String cache, String digest) {
        return ask(redis -> {
            EntryFinder finder = finder(cache);
            return find(finder, redis, finder.placesOf(redis, cache, digest), digest)
                    .or(() -> find(finder, redis, finder.otherPlacesOf(redis, cache, digest), digest));
        });
    }

    private static Optional<StoredEntry> find(
            EntryFinder finder, RedisConnection redis, List<EntryPlace> places, String digest) {
        for (EntryPlace place : places) {
            StoredEntry stored = finder.read(redis, place).entry();
            if (stored != null && stored.entry().digest().equals(digest)) {
                return Optional.of(stored);
            }
        }
        return Optional.empty();
    }

    @Override
    public Optional<String> keyOf(PromptKey key) {
        EntryPlace place = places.of(key);
        return Optional.of(place instanceof FieldPlace field ? field.hashKey() : place.name());
    }

    @Override
    public boolean evict(String cache, String digest) {
        return evictor.evict(cache, new Eviction.OfDigest(digest)) > 0;
    }

    @Override
    public long evictAll(String cache) {
        return evictor.evict(cache, new Eviction.OfAll());
    }

    @Override
    public EntryCount count(String cache, Duration atMost) {
        return ask(redis -> finder(cache).count(redis, cache, atMost));
    }

    /** Entries of another layout, of other instances or of a time before, are evicted with the cache, but not shown. */
    private EntryFinder finder(String cache) {
        return catalog.settingsOf(cache).layout() == CacheLayout.HASH ? hashes : strings;
    }

    @Override
    public Optional<ServerMemory> memory() {
        try {
            // All sections, because the sections "memory" and "stats" together can be asked for from Redis 7 on only.
            return ask(
                    redis -> Optional.ofNullable(redis.serverCommands().info()).map(RedisCacheBrowser::memory));
        } catch (TierException ex) {
            if (ex.kind() == FailureKind.DENIED) {
                connection
                        .failureLog()
                        .denied("run INFO", "nobody is told how much memory the server has. Allow the command INFO.");
                return Optional.empty();
            }
            throw ex;
        }
    }

    private static boolean matches(StoredEntry stored, @Nullable String prompt) {
        if (prompt == null) {
            return true;
        }
        String own = stored.entry().prompt();
        return own != null && own.toLowerCase(Locale.ROOT).contains(prompt.toLowerCase(Locale.ROOT));
    }

    /** Of a cluster the sum of all its nodes. */
    private static ServerMemory memory(Properties info) {
        long used = 0;
        long max = 0;
        String policy = null;
        long evicted = -1;
        for (String name : info.stringPropertyNames()) {
            String value = info.getProperty(name);
            if (name.equals("used_memory") || name.endsWith(".used_memory")) {
                used += Long.parseLong(value);
            } else if (name.equals("maxmemory") || name.endsWith(".maxmemory")) {
                max += Long.parseLong(value);
            } else if (name.equals("maxmemory_policy") || name.endsWith(".maxmemory_policy")) {
                policy = value;
            } else if (name.equals("evicted_keys") || name.endsWith(".evicted_keys")) {
                evicted = Math.max(0, evicted) + Long.parseLong(value);
            }
        }
        return new ServerMemory(used, max, policy, evicted);
    }

    private <T> T ask(Function<RedisConnection, T> question) {
        try (RedisConnection redis = connection.factory().getConnection()) {
            return question.apply(redis);
        } catch (IllegalArgumentException ex) {
            throw ex;
        } catch (RuntimeException ex) {
            String denied = RedisFailures.deniedCommand(ex);
            if (denied != null && !denied.equals("INFO")) {
                connection
                        .failureLog()
                        .denied(
                                "run " + denied,
                                "entries can't be counted, listed or found. Allow the commands SCAN, GET and PTTL.");
            }
            throw RedisFailures.translate(ex);
        }
    }
}
