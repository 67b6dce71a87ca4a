package io.github.llmcache.tier;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An entry where it is stored.
 *
 * @param key the entry's key in the tier; it can hold the prompt
 * @param entry the entry
 * @param ttlLeft how long it still lives, or null if it never expires
 * @param size the bytes of the stored value
 */
public record StoredEntry(
        String key, CacheEntry entry, @Nullable Duration ttlLeft, long size) {

    /** Names the digest, never the prompt or the answer. */
    @Override
    public String toString() {
        return "StoredEntry[" + entry.digest() + "]";
    }
}
