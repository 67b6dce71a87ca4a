package io.github.llmcache.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.data.redis.connection.RedisConnection;

/** Takes entries away with their leases, and counts them. Used by one eviction. */
final class RemovedEntries {

    private final CacheConnection connection;
    private final RedisKeys keys;
    private final NearCopies near;
    private final RedisConnection redis;
    private final String cache;
    private long count;

    RemovedEntries(CacheConnection connection, RedisKeys keys, NearCopies near, RedisConnection redis, String cache) {
        this.connection = connection;
        this.keys = keys;
        this.near = near;
        this.redis = redis;
        this.cache = cache;
    }

    void remove(List<byte[]> entries) {
        if (entries.isEmpty()) {
            return;
        }
        removeLeases(entries.stream()
                .map(entry -> RedisKeys.bytes(keys.lease(new String(entry, StandardCharsets.UTF_8))))
                .toList());
        count += unlink(entries);
        near.removed(cache, entries);
    }

    /** Those who wait for a lease are told all together: there are few, and this is rare. */
    void removeLeases(List<byte[]> leases) {
        if (!leases.isEmpty() && unlink(leases) > 0) {
            tell();
        }
    }

    long count() {
        return count;
    }

    private long unlink(List<byte[]> names) {
        Long unlinked = redis.keyCommands().unlink(names.toArray(byte[][]::new));
        return unlinked == null ? 0 : unlinked;
    }

    private void tell() {
        try {
            redis.publish(RedisKeys.bytes(keys.landed()), new byte[0]);
        } catch (RuntimeException ex) {
            // They look for themselves when the lease's time is over.
            connection.failed(ex);
        }
    }
}
