package io.github.llmcache.tier;

import io.github.llmcache.key.RequestParts;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.payload.TokenCount;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An answer as a tier keeps it.
 *
 * @param digest the whole digest of the request, compared with the key's before the entry is believed
 * @param payload the answer
 * @param createdAt when the model answered
 * @param freshUntil until when the answer is fresh; it may be kept for longer, to be served stale
 * @param model the model that answered, or null where none is named
 * @param prompt the normalized prompt, or null where it is not stored
 * @param tokens what the answer took, or null where unknown
 * @param terms what it can be evicted by
 * @param parts what it tells of the request that it answers, or null where that is not known; look-ups of calls, which have no
 *     use for it, leave it out
 */
public record CacheEntry(
        String digest,
        Payload payload,
        Instant createdAt,
        Instant freshUntil,
        @Nullable String model,
        @Nullable String prompt,
        @Nullable TokenCount tokens,
        EntryTerms terms,
        @Nullable RequestParts parts) {

    /**
     * Creates an entry that tells nothing of its request.
     *
     * @param digest the whole digest of the request
     * @param payload the answer
     * @param createdAt when the model answered
     * @param freshUntil until when the answer is fresh
     * @param model the model that answered, or null where none is named
     * @param prompt the normalized prompt, or null where it is not stored
     * @param tokens what the answer took, or null where unknown
     * @param terms what it can be evicted by
     */
    public CacheEntry(
            String digest,
            Payload payload,
            Instant createdAt,
            Instant freshUntil,
            @Nullable String model,
            @Nullable String prompt,
            @Nullable TokenCount tokens,
            EntryTerms terms) {
        this(digest, payload, createdAt, freshUntil, model, prompt, tokens, terms, null);
    }

    /**
     * Creates an entry that has no terms.
     *
     * @param digest the whole digest of the request
     * @param payload the answer
     * @param createdAt when the model answered
     * @param freshUntil until when the answer is fresh
     * @param model the model that answered, or null where none is named
     * @param prompt the normalized prompt, or null where it is not stored
     * @param tokens what the answer took, or null where unknown
     */
    public CacheEntry(
            String digest,
            Payload payload,
            Instant createdAt,
            Instant freshUntil,
            @Nullable String model,
            @Nullable String prompt,
            @Nullable TokenCount tokens) {
        this(digest, payload, createdAt, freshUntil, model, prompt, tokens, EntryTerms.NONE);
    }

    /** Checks that what every entry has is there. */
    public CacheEntry {
        Objects.requireNonNull(digest, "digest");
        Objects.requireNonNull(payload, "payload");
        Objects.requireNonNull(createdAt, "createdAt");
        Objects.requireNonNull(freshUntil, "freshUntil");
        Objects.requireNonNull(terms, "terms");
    }

    /** Names the digest, never the prompt or the answer. */
    @Override
    public String toString() {
        return "CacheEntry[" + digest + "]";
    }
}
