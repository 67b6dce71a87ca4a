package io.github.llmcache.event;

import org.jspecify.annotations.Nullable;

/**
 * The method was called in the background, for a call that had an old answer at hand; it carries no text.
 *
 * @param cache the cache
 * @param model the model that was named, or null
 * @param digest the digest of the request
 * @param loadNanos how long the method took, in nanoseconds
 * @param succeeded whether the method answered rather than threw
 * @param cost what the answer cost, or null where it does not tell its tokens or there is none
 */
public record RefreshEvent(
        String cache,
        @Nullable String model,
        String digest,
        long loadNanos,
        boolean succeeded,
        @Nullable AnswerCost cost) {

    /**
     * Creates an event of an answer that does not tell its tokens.
     *
     * @param cache the cache
     * @param model the model that was named, or null
     * @param digest the digest of the request
     * @param loadNanos how long the method took, in nanoseconds
     * @param succeeded whether the method answered rather than threw
     */
    public RefreshEvent(String cache, @Nullable String model, String digest, long loadNanos, boolean succeeded) {
        this(cache, model, digest, loadNanos, succeeded, null);
    }
}
