package io.github.llmcache.tier;

import io.github.llmcache.key.PromptKey;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks into a tier from outside of any call: for people, not for callers.
 *
 * <p>Thread-safe. Operations block, each for a bounded time, and throw {@link TierException} where the tier fails.
 */
public interface CacheBrowser {

    /**
     * Reads a page of a cache's entries, in no order.
     *
     * @param cache the cache
     * @param cursor where to go on, as {@link EntryPage#next()} of the page before said, or null to begin
     * @param limit how many entries to read, at least 1; a page can hold a few more or fewer
     * @param prompt only entries whose stored prompt contains this text, whatever its case, or null for all
     * @return the page
     * @throws IllegalArgumentException if the cursor is none that a page gave
     */
    EntryPage page(String cache, @Nullable String cursor, int limit, @Nullable String prompt);

    /**
     * Finds one entry.
     *
     * @param cache the cache
     * @param digest the whole digest
     * @return the entry, or empty if there is none that can be read
     */
    Optional<StoredEntry> find(String cache, String digest);

    /**
     * Tells under which key an entry would stand.
     *
     * @param key the key of the request
     * @return the key in the tier, which can hold the prompt; by default empty, where the tier does not tell
     */
    default Optional<String> keyOf(PromptKey key) {
        return Optional.empty();
    }

    /**
     * Takes one entry away.
     *
     * @param cache the cache
     * @param digest the whole digest
     * @return whether there was one
     */
    boolean evict(String cache, String digest);

    /**
     * Takes all entries of a cache away, those of other releases included.
     *
     * @param cache the cache
     * @return how many there were
     */
    long evictAll(String cache);

    /**
     * Counts the entries of a cache for a bounded time.
     *
     * @param cache the cache
     * @param atMost how long to count
     * @return the count so far
     */
    EntryCount count(String cache, Duration atMost);

    /**
     * Reads the memory of the server that keeps the entries.
     *
     * @return its memory, or empty where the server does not tell
     */
    Optional<ServerMemory> memory();
}
