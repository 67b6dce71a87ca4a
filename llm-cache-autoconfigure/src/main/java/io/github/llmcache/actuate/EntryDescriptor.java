package io.github.llmcache.actuate;

import io.github.llmcache.payload.TokenCount;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.StoredEntry;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * An entry of a cache.
 *
 * @param digest the digest of the request
 * @param ageSeconds how long ago the model answered, in seconds
 * @param ttlLeftSeconds how long the entry still lives, in seconds, or null if it never expires
 * @param size the bytes of the stored value
 * @param model the model that answered, or null where none is named
 * @param tokens what the answer took, or null where unknown
 * @param key the entry's key in Redis, or null where values are not shown, since it can hold the prompt
 * @param prompt the normalized prompt, or null where values are not shown or it is not stored
 * @param answer the answer as a tree of JSON, or null where values are not shown and in pages
 */
public record EntryDescriptor(
        String digest,
        long ageSeconds,
        @Nullable Long ttlLeftSeconds,
        long size,
        @Nullable String model,
        @Nullable TokenCount tokens,
        @Nullable String key,
        @Nullable String prompt,
        @Nullable Object answer)
        implements OperationResponseBody {

    /** Describes an entry without its key, its prompt and its answer. */
    static EntryDescriptor hidden(StoredEntry stored, Instant now) {
        CacheEntry entry = stored.entry();
        Duration ttlLeft = stored.ttlLeft();
        return new EntryDescriptor(
                entry.digest(),
                Math.max(0, Duration.between(entry.createdAt(), now).toSeconds()),
                ttlLeft == null ? null : ttlLeft.toSeconds(),
                stored.size(),
                entry.model(),
                entry.tokens(),
                null,
                null,
                null);
    }

    /** Describes an entry with its key and its prompt. */
    static EntryDescriptor withPrompt(StoredEntry stored, Instant now) {
        return hidden(stored, now).showing(stored, null);
    }

    /** Describes an entry with its key, its prompt and its answer. */
    static EntryDescriptor withAnswer(StoredEntry stored, Instant now) {
        return hidden(stored, now).showing(stored, AnswerTree.of(stored.entry().payload()));
    }

    private EntryDescriptor showing(StoredEntry stored, @Nullable Object shownAnswer) {
        return new EntryDescriptor(
                digest,
                ageSeconds,
                ttlLeftSeconds,
                size,
                model,
                tokens,
                stored.key(),
                stored.entry().prompt(),
                shownAnswer);
    }

    /** Names the digest, never the prompt or the answer: web frameworks log what they write. */
    @Override
    public String toString() {
        return "EntryDescriptor[" + digest + "]";
    }
}
