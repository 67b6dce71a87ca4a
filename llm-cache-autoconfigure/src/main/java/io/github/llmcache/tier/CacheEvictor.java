package io.github.llmcache.tier;

import java.time.Duration;
import java.util.Set;

/**
 * Takes entries away, from outside of any call.
 *
 * <p>An eviction wins over every call of a model that is under way when it begins: what that answers is not stored.
 * Thread-safe. Operations block, each command for a bounded time, and throw {@link TierException} where the tier fails, after
 * which some of the entries may be gone.
 */
public interface CacheEvictor {

    /**
     * Takes entries of a cache away.
     *
     * @param cache the cache
     * @param eviction which of them
     * @return how many there were
     */
    long evict(String cache, Eviction eviction);

    /**
     * Finds the caches that have something of somebody, whether this application knows them or not.
     *
     * @param scope the scope
     * @return the names of at least those caches that no bean of this application has named; by default none
     */
    default Set<String> cachesOf(String scope) {
        return Set.of();
    }

    /**
     * The longest time that a tier in the memory of any JVM goes on serving what was evicted, where the connection that
     * tells it is broken or late; counts whether this JVM has such a tier or not.
     */
    Duration settlingTime();
}
