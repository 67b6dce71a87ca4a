package io.github.llmcache.tier;

/**
 * Hears of the evictions that this JVM makes, to let go of what it remembers besides entries.
 *
 * <p>Beans of this type are told by the evictor of Redis; one of the application's own tells whom it likes. Implementations are thread-safe, quick, and never throw.
 */
@FunctionalInterface
public interface EvictionListener {

    /**
     * Entries were taken away, or an eviction has failed on the way.
     *
     * @param cache the cache
     * @param eviction which of its entries
     */
    void evicted(String cache, Eviction eviction);
}
