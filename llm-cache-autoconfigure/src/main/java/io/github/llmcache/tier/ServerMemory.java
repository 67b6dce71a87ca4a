package io.github.llmcache.tier;

import org.jspecify.annotations.Nullable;

/**
 * The memory of the server that keeps the entries, all it holds included.
 *
 * @param used bytes in use
 * @param max the most bytes it may use, or 0 where it has no limit
 * @param policy what it evicts when the limit is reached, such as {@code allkeys-lfu}, or null where unknown
 */
public record ServerMemory(long used, long max, @Nullable String policy) {}
