package io.github.llmcache.tier;

import org.jspecify.annotations.Nullable;

/**
 * The memory of the server that keeps the entries, all it holds included.
 *
 * @param used bytes in use
 * @param max the most bytes it may use, or 0 where it has no limit
 * @param policy what it evicts when the limit is reached, such as {@code allkeys-lfu}, or null where unknown
 * @param evictedKeys how many keys it has evicted since it started because the limit was reached, or -1 where unknown
 */
public record ServerMemory(long used, long max, @Nullable String policy, long evictedKeys) {

    /**
     * Creates a reading that does not tell how many keys were evicted.
     *
     * @param used bytes in use
     * @param max the most bytes it may use, or 0 where it has no limit
     * @param policy what it evicts when the limit is reached, or null where unknown
     */
    public ServerMemory(long used, long max, @Nullable String policy) {
        this(used, max, policy, -1);
    }
}
