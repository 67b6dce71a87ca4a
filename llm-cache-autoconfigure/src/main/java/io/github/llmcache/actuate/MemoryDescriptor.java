package io.github.llmcache.actuate;

import io.github.llmcache.tier.ServerMemory;
import org.jspecify.annotations.Nullable;

/**
 * The memory of the Redis server, all it holds included.
 *
 * @param used bytes in use
 * @param max the most bytes it may use, or 0 where it has no limit
 * @param policy what it evicts when the limit is reached, or null where unknown
 */
public record MemoryDescriptor(
        long used, long max, @Nullable String policy) {

    static MemoryDescriptor of(ServerMemory memory) {
        return new MemoryDescriptor(memory.used(), memory.max(), memory.policy());
    }
}
