package io.github.llmcache.redis;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds keys by {@code SCAN}, a batch at a time, so that a reader can stop and go on later. */
interface KeyScanner {

    /**
     * Reads the next batch.
     *
     * @param cursor what the batch before gave as next, or null to begin
     * @param pattern the glob pattern that keys match
     * @param count how many keys the server is to look at
     * @return the batch, which may be empty before the end
     * @throws IllegalArgumentException if the cursor is none that a batch gave
     */
    Batch scan(@Nullable String cursor, String pattern, int count);

    /**
     * Some keys.
     *
     * @param keys the keys
     * @param next where to go on, or null after the last
     */
    record Batch(List<byte[]> keys, @Nullable String next) {}
}
