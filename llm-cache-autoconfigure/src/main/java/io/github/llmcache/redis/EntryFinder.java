package io.github.llmcache.redis;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.key.KeyStyle;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.StoredEntry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;

/** Finds the entries of a digest, and reads what stands under a key. Thread-safe. */
final class EntryFinder {

    private final CacheConnection connection;
    private final RedisKeys keys;
    private final CacheCatalog catalog;
    private final EntryCodec codec = new EntryCodec();

    EntryFinder(CacheConnection connection, RedisKeys keys, CacheCatalog catalog) {
        this.connection = connection;
        this.keys = keys;
        this.catalog = catalog;
    }

    /** What stands under a key: an entry, or something that is none, or nothing any more. */
    record Read(@Nullable StoredEntry entry, boolean unreadable) {}

    Read read(RedisConnection redis, byte[] key) {
        try {
            byte[] value = redis.stringCommands().get(key);
            if (value == null) {
                return new Read(null, false);
            }
            Long ttl = redis.keyCommands().pTtl(key);
            CacheEntry entry = codec.readWhole(value);
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
                return new Read(null, true);
            }
            throw ex;
        }
    }

    /**
     * The keys under which an entry may stand: more than one where the style of keys has changed.
     *
     * <p>What is under the key of the digest need not be readable, so that it can be taken away all the same.
     */
    List<byte[]> keysOf(RedisConnection redis, String cache, String digest) {
        List<byte[]> found = new ArrayList<>();
        found.add(RedisKeys.bytes(keys.key(new PromptKey(cache, digest, null), KeyStyle.DIGEST)));
        if (catalog.settingsOf(cache).keyStyle() == KeyStyle.READABLE) {
            connection.scanner().scanAll(redis, keys.readablePattern(cache, digest), KeyScanner.COUNT, batch -> {
                for (byte[] key : batch) {
                    StoredEntry entry = read(redis, key).entry();
                    if (entry != null && entry.entry().digest().equals(digest)) {
                        found.add(key);
                    }
                }
                return true;
            });
        }
        return found;
    }
}
