package io.github.llmcache.redis;

import io.github.llmcache.tier.FailureKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    void remove(List<EntryPlace> entries) {
        if (entries.isEmpty()) {
            return;
        }
        removeLeases(entries.stream().map(entry -> entry.lease(keys)).toList());
        List<byte[]> strings = new ArrayList<>();
        Map<String, List<FieldPlace>> fields = new LinkedHashMap<>();
        for (EntryPlace entry : entries) {
            if (entry instanceof FieldPlace field) {
                fields.computeIfAbsent(field.hashKey(), hash -> new ArrayList<>())
                        .add(field);
            } else if (entry instanceof KeyPlace string) {
                strings.add(string.key());
            }
        }
        if (!strings.isEmpty()) {
            count += unlink(strings);
        }
        fields.values().forEach(this::removeFields);
        near.removed(cache, entries);
    }

    private void removeFields(List<FieldPlace> fields) {
        byte[] hash = fields.get(0).hash();
        try {
            Long removed = redis.hashCommands()
                    .hDel(hash, fields.stream().map(FieldPlace::field).toArray(byte[][]::new));
            count += removed == null ? 0 : removed;
        } catch (RuntimeException ex) {
            if (RedisFailures.kindOf(ex) != FailureKind.WRONG_TYPE) {
                throw ex;
            }
            // Somebody else put it there, in the place of all entries.
            count += unlink(List.of(hash));
        }
    }

    /** Takes all entries of a model away at once; the caller frees those who wait for them. */
    void removeHash(byte[] hash) {
        long fields;
        try {
            Long length = redis.hashCommands().hLen(hash);
            fields = length == null ? 0 : length;
        } catch (RuntimeException ex) {
            if (RedisFailures.kindOf(ex) != FailureKind.WRONG_TYPE) {
                throw ex;
            }
            fields = 1;
        }
        if (unlink(List.of(hash)) > 0) {
            count += fields;
        }
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
