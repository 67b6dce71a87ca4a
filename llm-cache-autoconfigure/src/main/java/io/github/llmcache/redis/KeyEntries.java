package io.github.llmcache.redis;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.key.KeyStyle;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.redis.KeyScanner.Batch;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.EntryCount;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.StoredEntry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;

/** Entries with a key each, found by {@code SCAN} and never by {@code KEYS}. Thread-safe. */
final class KeyEntries implements EntryFinder {

    private final CacheConnection connection;
    private final RedisKeys keys;
    private final CacheCatalog catalog;
    private final EntryCodec codec = new EntryCodec();

    KeyEntries(CacheConnection connection, RedisKeys keys, CacheCatalog catalog) {
        this.connection = connection;
        this.keys = keys;
        this.catalog = catalog;
    }

    @Override
    public Reads scan(RedisConnection redis, String cache, @Nullable String cursor, int count) {
        Batch batch = connection.scanner().scan(redis, cursor, keys.pattern(cache), count);
        return new Reads(batch.keys().stream().map(key -> read(redis, key)).toList(), batch.next());
    }

    @Override
    public Read read(RedisConnection redis, EntryPlace place) {
        return place instanceof KeyPlace string ? read(redis, string.key()) : Read.NOTHING;
    }

    private Read read(RedisConnection redis, byte[] key) {
        try {
            byte[] value = redis.stringCommands().get(key);
            if (value == null) {
                return Read.NOTHING;
            }
            Long ttl = redis.keyCommands().pTtl(key);
            CacheEntry entry = codec.readWhole(value).entry();
            return new Read(
                    new StoredEntry(
                            new String(key, StandardCharsets.UTF_8),
                            entry,
                            ttl == null || ttl < 0 ? null : Duration.ofMillis(ttl),
                            value.length),
                    false);
        } catch (RuntimeException ex) {
            FailureKind kind = RedisFailures.kindOf(ex);
            if (kind == FailureKind.UNREADABLE || kind == FailureKind.NEWER_FORMAT || kind == FailureKind.WRONG_TYPE) {
                return Read.UNREADABLE;
            }
            throw ex;
        }
    }

    /** More than one where the style of keys has changed. */
    @Override
    public List<EntryPlace> placesOf(RedisConnection redis, String cache, String digest) {
        List<EntryPlace> found = new ArrayList<>();
        found.add(new KeyPlace(keys.key(new PromptKey(cache, digest, null), KeyStyle.DIGEST)));
        if (catalog.settingsOf(cache).keyStyle() == KeyStyle.READABLE) {
            connection.scanner().scanAll(redis, keys.readablePattern(cache, digest), KeyScanner.COUNT, batch -> {
                for (byte[] key : batch) {
                    StoredEntry entry = read(redis, key).entry();
                    if (entry != null && entry.entry().digest().equals(digest)) {
                        found.add(new KeyPlace(new String(key, StandardCharsets.UTF_8)));
                    }
                }
                return true;
            });
        }
        return found;
    }

    @Override
    public EntryCount count(RedisConnection redis, String cache, Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        AtomicLong entries = new AtomicLong();
        boolean complete = connection.scanner().scanAll(redis, keys.pattern(cache), KeyScanner.COUNT, batch -> {
            entries.addAndGet(batch.size());
            return System.nanoTime() - end < 0;
        });
        return new EntryCount(entries.get(), complete);
    }

    @Override
    public void removeAll(RedisConnection redis, String cache, RemovedEntries removed) {
        connection.scanner().scanAll(redis, keys.pattern(cache), KeyScanner.COUNT, batch -> {
            removed.remove(batch.stream()
                    .<EntryPlace>map(key -> new KeyPlace(new String(key, StandardCharsets.UTF_8)))
                    .toList());
            return true;
        });
        // Those who are loading now have no entry yet; nobody has to wait for them any more.
        connection.scanner().scanAll(redis, keys.leasePattern(cache), KeyScanner.COUNT, batch -> {
            removed.removeLeases(batch);
            return true;
        });
    }

    @Override
    public void removeModel(
            RedisConnection redis, String cache, Term model, RemovedEntries removed, @Nullable Runnable mark) {
        new IndexedEntries(connection, redis, keys, RedisKeys.bytes(keys.index(cache, model))).remove(removed, mark);
    }
}
