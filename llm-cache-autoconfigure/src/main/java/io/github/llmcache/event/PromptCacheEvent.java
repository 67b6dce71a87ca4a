package io.github.llmcache.event;

import org.jspecify.annotations.Nullable;

/**
 * A call that ended; it carries no text of prompt or answer.
 *
 * @param cache the cache
 * @param outcome how it went
 * @param tier the tier that had the answer, or null
 * @param bypass why the cache was passed by, or null
 * @param model the model that was named, or null
 * @param digest the digest of the request, or null where no key was made
 * @param elapsedNanos how long the call took, in all, in nanoseconds, or -1 where no listener {@link
 *     PromptCacheListener#readsElapsedTime reads} it
 * @param loadNanos how long the method itself took, in nanoseconds, or -1 if it was not called
 * @param age how old an answer from the cache is as a share of its TTL, from 0 to 1, which is also the age of one that is
 *     no longer fresh; NaN if the answer is not from the cache
 * @param cost what the answer cost when the model gave it, spent if the method was called and else saved; null where the
 *     answer does not tell its tokens
 * @param subject whose usage the call is, or null where usage is not counted; a user's name, so it belongs in no log and no
 *     tag of a meter
 */
public record PromptCacheEvent(
        String cache,
        CacheOutcome outcome,
        @Nullable String tier,
        @Nullable BypassReason bypass,
        @Nullable String model,
        @Nullable String digest,
        long elapsedNanos,
        long loadNanos,
        double age,
        @Nullable AnswerCost cost,
        @Nullable String subject) {

    /**
     * Creates an event of a call whose answer does not tell its tokens.
     *
     * @param cache the cache
     * @param outcome how it went
     * @param tier the tier that had the answer, or null
     * @param bypass why the cache was passed by, or null
     * @param model the model that was named, or null
     * @param digest the digest of the request, or null where no key was made
     * @param elapsedNanos how long the call took, in nanoseconds
     * @param loadNanos how long the method itself took, in nanoseconds, or -1 if it was not called
     * @param age how old an answer from the cache is as a share of its TTL, or NaN
     */
    public PromptCacheEvent(
            String cache,
            CacheOutcome outcome,
            @Nullable String tier,
            @Nullable BypassReason bypass,
            @Nullable String model,
            @Nullable String digest,
            long elapsedNanos,
            long loadNanos,
            double age) {
        this(cache, outcome, tier, bypass, model, digest, elapsedNanos, loadNanos, age, null, null);
    }

    /**
     * Creates an event of a call whose usage is not counted.
     *
     * @param cache the cache
     * @param outcome how it went
     * @param tier the tier that had the answer, or null
     * @param bypass why the cache was passed by, or null
     * @param model the model that was named, or null
     * @param digest the digest of the request, or null where no key was made
     * @param elapsedNanos how long the call took, in nanoseconds
     * @param loadNanos how long the method itself took, in nanoseconds, or -1 if it was not called
     * @param age how old an answer from the cache is as a share of its TTL, or NaN
     * @param cost what the answer cost when the model gave it, or null
     */
    public PromptCacheEvent(
            String cache,
            CacheOutcome outcome,
            @Nullable String tier,
            @Nullable BypassReason bypass,
            @Nullable String model,
            @Nullable String digest,
            long elapsedNanos,
            long loadNanos,
            double age,
            @Nullable AnswerCost cost) {
        this(cache, outcome, tier, bypass, model, digest, elapsedNanos, loadNanos, age, cost, null);
    }

    /** Whether the method itself was called. */
    public boolean loaded() {
        return loadNanos >= 0;
    }
}
