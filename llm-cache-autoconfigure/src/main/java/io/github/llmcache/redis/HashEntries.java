package io.github.llmcache.redis;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CacheLayout;
import io.github.llmcache.tier.EntryCount;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.StoredEntry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;

/**
 * Entries that are fields of hashes, of which a cache has one for each model, read by {@code HSCAN} and never by {@code
 * HGETALL}.
 *
 * <p>Which hashes there are is told by an index. Caches that have another layout may have some too, of other instances or
 * of a time before; those whose layout is this one are looked for by {@code SCAN} where the index has none of them, or
 * where none may be left. Thread-safe.
 */
final class HashEntries implements EntryFinder {

    private final CacheConnection connection;
    private final RedisKeys keys;
    private final CacheCatalog catalog;
    private final EntryCodec codec = new EntryCodec();

    HashEntries(CacheConnection connection, RedisKeys keys, CacheCatalog catalog) {
        this.connection = connection;
        this.keys = keys;
        this.catalog = catalog;
    }

    /** A hash that is gone since its cursor was given is followed by the next one that there is. */
    @Override
    public Reads scan(RedisConnection redis, String cache, @Nullable String cursor, int count) {
        SortedSet<String> hashes = hashesOf(redis, cache);
        String position = null;
        if (cursor != null) {
            String begun = hashOf(cache, cursor);
            hashes = hashes.tailSet(begun);
            position = hashes.contains(begun) ? cursor.substring(cursor.indexOf('.') + 1) : null;
        }
        if (hashes.isEmpty()) {
            return new Reads(List.of(), null);
        }
        String hash = hashes.first();
        String next = null;
        List<Read> all = new ArrayList<>();
        try {
            KeyScanner.Fields fields = connection.scanner().scanFields(redis, RedisKeys.bytes(hash), position, count);
            next = fields.next();
            Instant now = connection.clock().instant();
            for (Map.Entry<byte[], byte[]> field : fields.values()) {
                all.add(read(hash, text(field.getKey()), field.getValue(), now));
            }
        } catch (RuntimeException ex) {
            if (RedisFailures.kindOf(ex) != FailureKind.WRONG_TYPE) {
                throw ex;
            }
            all.add(Read.UNREADABLE);
        }
        if (next != null) {
            return new Reads(all, cursor(hash, next));
        }
        SortedSet<String> later = hashes.tailSet(hash + "\0");
        return new Reads(all, later.isEmpty() ? null : cursor(later.first(), "0"));
    }

    @Override
    public Read read(RedisConnection redis, EntryPlace place) {
        if (!(place instanceof FieldPlace field)) {
            return Read.NOTHING;
        }
        try {
            byte[] value = redis.hashCommands().hGet(field.hash(), field.field());
            return value == null
                    ? Read.NOTHING
                    : read(
                            field.hashKey(),
                            text(field.field()),
                            value,
                            connection.clock().instant());
        } catch (RuntimeException ex) {
            if (RedisFailures.kindOf(ex) == FailureKind.WRONG_TYPE) {
                return Read.UNREADABLE;
            }
            throw ex;
        }
    }

    /** What is another request's answer is none of this field's. */
    private Read read(String hash, String digest, byte[] value, Instant now) {
        try {
            EntryCodec.Decoded decoded = codec.readWhole(value);
            Instant end = decoded.expiresAt();
            if (decoded.hasEnded(() -> now)) {
                return Read.NOTHING;
            }
            return decoded.entry().digest().equals(digest)
                    ? new Read(
                            new StoredEntry(
                                    hash,
                                    decoded.entry(),
                                    end == null ? null : Duration.between(now, end),
                                    value.length),
                            false)
                    : Read.UNREADABLE;
        } catch (RuntimeException ex) {
            FailureKind kind = RedisFailures.kindOf(ex);
            if (kind == FailureKind.UNREADABLE || kind == FailureKind.NEWER_FORMAT) {
                return Read.UNREADABLE;
            }
            throw ex;
        }
    }

    @Override
    public List<EntryPlace> placesOf(RedisConnection redis, String cache, String digest) {
        return placesIn(indexed(redis, cache), digest);
    }

    /** An index that Redis has given up begins anew with the next store, and knows the hash of that alone. */
    @Override
    public List<EntryPlace> otherPlacesOf(RedisConnection redis, String cache, String digest) {
        if (!isLayoutOf(cache)) {
            return List.of();
        }
        // All that there are: what the index knows by now need not be what it knew when it was asked first.
        return placesIn(scanned(redis, cache), digest);
    }

    private static List<EntryPlace> placesIn(SortedSet<String> hashes, String digest) {
        return hashes.stream()
                .<EntryPlace>map(hash -> new FieldPlace(hash, digest))
                .toList();
    }

    /** By what the server tells of each hash: fields that have ended and were not taken away yet are counted too. */
    @Override
    public EntryCount count(RedisConnection redis, String cache, Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        long entries = 0;
        SortedSet<String> hashes = hashesOf(redis, cache);
        for (String hash : hashes) {
            try {
                Long length = redis.hashCommands().hLen(RedisKeys.bytes(hash));
                entries += length == null ? 0 : length;
            } catch (RuntimeException ex) {
                if (RedisFailures.kindOf(ex) != FailureKind.WRONG_TYPE) {
                    throw ex;
                }
            }
            if (System.nanoTime() - end >= 0) {
                return new EntryCount(entries, hash.equals(hashes.last()));
            }
        }
        return new EntryCount(entries, true);
    }

    @Override
    public void removeAll(RedisConnection redis, String cache, RemovedEntries removed) {
        SortedSet<String> hashes = indexed(redis, cache);
        if (isLayoutOf(cache)) {
            hashes.addAll(scanned(redis, cache));
        }
        if (hashes.isEmpty() && !isLayoutOf(cache)) {
            return;
        }
        hashes.forEach(hash -> removed.removeHash(RedisKeys.bytes(hash)));
        removeLeases(redis, keys.hashes().leasesPattern(cache), removed);
    }

    /** The hash is all that there is of its model. */
    @Override
    public void removeModel(
            RedisConnection redis, String cache, Term model, RemovedEntries removed, @Nullable Runnable mark) {
        String hash = keys.hashes().hash(cache, model.value());
        if (isLayoutOf(cache) || indexed(redis, cache).contains(hash)) {
            removed.removeHash(RedisKeys.bytes(hash));
            removeLeases(redis, keys.hashes().leasePattern(hash), removed);
        }
    }

    private void removeLeases(RedisConnection redis, String pattern, RemovedEntries removed) {
        connection.scanner().scanAll(redis, pattern, KeyScanner.COUNT, batch -> {
            removed.removeLeases(batch);
            return true;
        });
    }

    private boolean isLayoutOf(String cache) {
        return catalog.settingsOf(cache).layout() == CacheLayout.HASH;
    }

    private SortedSet<String> hashesOf(RedisConnection redis, String cache) {
        SortedSet<String> hashes = indexed(redis, cache);
        return hashes.isEmpty() && isLayoutOf(cache) ? scanned(redis, cache) : hashes;
    }

    private SortedSet<String> indexed(RedisConnection redis, String cache) {
        SortedSet<String> hashes = new TreeSet<>();
        // By score, since that is the command for which indexes take a right already.
        Set<byte[]> members = redis.zSetCommands()
                .zRangeByScore(
                        RedisKeys.bytes(keys.hashes().index(cache)),
                        Double.NEGATIVE_INFINITY,
                        Double.POSITIVE_INFINITY);
        if (members != null) {
            members.forEach(member -> add(cache, member, hashes));
        }
        return hashes;
    }

    private SortedSet<String> scanned(RedisConnection redis, String cache) {
        SortedSet<String> hashes = new TreeSet<>();
        connection.scanner().scanAll(redis, keys.hashes().pattern(cache), KeyScanner.COUNT, batch -> {
            batch.forEach(key -> add(cache, key, hashes));
            return true;
        });
        return hashes;
    }

    private void add(String cache, byte[] key, SortedSet<String> hashes) {
        String hash = text(key);
        if (keys.hashes().isOf(cache, hash)) {
            hashes.add(hash);
        }
    }

    private static String cursor(String hash, String position) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(RedisKeys.bytes(hash)) + "." + position;
    }

    private String hashOf(String cache, String cursor) {
        int dot = cursor.indexOf('.');
        if (dot > 0) {
            String hash = text(Base64.getUrlDecoder().decode(cursor.substring(0, dot)));
            if (keys.hashes().isOf(cache, hash)) {
                return hash;
            }
        }
        throw new IllegalArgumentException("No page begins at this cursor");
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
