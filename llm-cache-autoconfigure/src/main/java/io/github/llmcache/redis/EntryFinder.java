package io.github.llmcache.redis;

import io.github.llmcache.tier.EntryCount;
import io.github.llmcache.tier.StoredEntry;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;

/** Finds the entries of a cache that lie in one layout, reads them, and takes them away. Thread-safe. */
interface EntryFinder {

    /** What stands at a place: an entry, or something that is none, or nothing any more. */
    record Read(@Nullable StoredEntry entry, boolean unreadable) {

        static final Read NOTHING = new Read(null, false);
        static final Read UNREADABLE = new Read(null, true);
    }

    /**
     * What stands at some places.
     *
     * @param all what was read
     * @param next where to go on, or null after the last
     */
    record Reads(List<Read> all, @Nullable String next) {}

    /**
     * Reads the next entries of a cache.
     *
     * @param cursor what the entries before gave as next, or null to begin
     * @param count how many the server is to look at
     * @throws IllegalArgumentException if the cursor is none that was given
     */
    Reads scan(RedisConnection redis, String cache, @Nullable String cursor, int count);

    /** Reads what stands at a place of this layout. */
    Read read(RedisConnection redis, EntryPlace place);

    /**
     * The places at which the entry of a digest may stand. What is there need not be readable, so that it can be taken away
     * all the same.
     */
    List<EntryPlace> placesOf(RedisConnection redis, String cache, String digest);

    /** The places at which it may stand besides, where it stands at none of the first; to find them is dear. */
    default List<EntryPlace> otherPlacesOf(RedisConnection redis, String cache, String digest) {
        return List.of();
    }

    /** Takes the entry of a digest away. */
    default void removeDigest(RedisConnection redis, String cache, String digest, RemovedEntries removed) {
        long before = removed.count();
        removed.remove(placesOf(redis, cache, digest));
        if (removed.count() == before) {
            removed.remove(otherPlacesOf(redis, cache, digest));
        }
    }

    /** Counts the entries of a cache. */
    EntryCount count(RedisConnection redis, String cache, Duration atMost);

    /** Takes all entries of a cache away, with the leases of those that are loaded now. */
    void removeAll(RedisConnection redis, String cache, RemovedEntries removed);

    /**
     * Takes the entries of a model away, whose eviction is marked already if it can be.
     *
     * @param mark marks the eviction anew; null where no mark can be made, so that nothing may leave an index either
     */
    void removeModel(RedisConnection redis, String cache, Term model, RemovedEntries removed, @Nullable Runnable mark);
}
