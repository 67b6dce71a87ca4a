package io.github.llmcache.redis;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;

/** Finds keys by {@code SCAN}, and fields by {@code HSCAN}, a batch at a time, so that a reader can stop and go on later. */
interface KeyScanner {

    /** How many keys one {@code SCAN} looks at where all are wanted, and one {@code UNLINK} takes. */
    int COUNT = 500;

    /**
     * Reads the next batch.
     *
     * @param redis a connection that the caller holds
     * @param cursor what the batch before gave as next, or null to begin
     * @param pattern the glob pattern that keys match
     * @param count how many keys the server is to look at
     * @return the batch, which may be empty before the end
     * @throws IllegalArgumentException if the cursor is none that a batch gave
     */
    Batch scan(RedisConnection redis, @Nullable String cursor, String pattern, int count);

    /**
     * Finds all keys from the first to the last.
     *
     * @param redis a connection that the caller holds
     * @param pattern the glob pattern that keys match
     * @param count how many keys the server is to look at for a batch
     * @param goOn takes the keys of a batch, and may take them away from Redis; false ends the search
     * @return whether the end was reached
     */
    default boolean scanAll(RedisConnection redis, String pattern, int count, Predicate<List<byte[]>> goOn) {
        String next = null;
        do {
            Batch batch = scan(redis, next, pattern, count);
            next = batch.next();
            if (!goOn.test(batch.keys())) {
                return next == null;
            }
        } while (next != null);
        return true;
    }

    /**
     * Reads the next fields of a hash.
     *
     * @param redis a connection that the caller holds
     * @param hash the hash's key
     * @param cursor what the fields before gave as next, or null to begin
     * @param count how many fields the server is to look at
     * @return the fields, which may be none before the end
     * @throws IllegalArgumentException if the cursor is none that was given
     */
    Fields scanFields(RedisConnection redis, byte[] hash, @Nullable String cursor, int count);

    /**
     * Some fields of a hash.
     *
     * @param values the values by their fields
     * @param next where to go on, or null after the last
     */
    record Fields(
            List<Map.Entry<byte[], byte[]>> values,
            @Nullable String next) {}

    /**
     * Some keys.
     *
     * @param keys the keys
     * @param next where to go on, or null after the last
     */
    record Batch(List<byte[]> keys, @Nullable String next) {}
}
