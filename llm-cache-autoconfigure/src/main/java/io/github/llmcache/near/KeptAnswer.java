package io.github.llmcache.near;

import io.github.llmcache.key.PromptKey;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.TierLookup;
import org.jspecify.annotations.Nullable;

/**
 * A hit in memory, given to all who ask.
 *
 * @param hit the hit
 * @param epoch in which unbroken time of tracking it was read; it counts in no other
 * @param expiresAt when the entry in Redis expires at the earliest, by {@link System#nanoTime()}; it is not served from then on
 */
record KeptAnswer(TierLookup.Hit hit, long epoch, long expiresAt) {

    /** The objects around the texts: entry, payload, hit, key, the node of the map, two instants and the terms. */
    private static final int OBJECTS = 640;

    /** About how many bytes the answer takes, with the text or object that is read from it and shared. */
    static int weigh(PromptKey key, KeptAnswer kept) {
        CacheEntry entry = kept.hit.entry();
        Payload payload = entry.payload();
        // The payload is a part of what Redis sent, and keeps all of it alive.
        long bytes = OBJECTS
                + payload.bytes().length
                + 2L * payload.length()
                + text(key.digest())
                + text(entry.digest())
                + text(entry.prompt())
                + text(entry.model());
        return (int) Math.min(Integer.MAX_VALUE, bytes);
    }

    private static long text(@Nullable String text) {
        return text == null ? 0 : 2L * text.length();
    }
}
