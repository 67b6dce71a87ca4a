package io.github.llmcache.sample.web;

import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.PromptCacheEvent;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A question that was asked lately.
 *
 * @param id tells it from all others of this instance
 * @param at when its answer, or its failure, was there
 * @param prompt the question, as it was asked
 * @param outcome how the cache took part
 * @param tier the tier that had the answer, or null
 * @param millis how long it took, in milliseconds
 */
record RecentCall(
        long id,
        Instant at,
        String prompt,
        CacheOutcome outcome,
        @Nullable String tier,
        double millis) {

    private static final double NANOS_PER_MILLI = 1e6;

    static RecentCall of(long id, Instant at, String prompt, PromptCacheEvent call) {
        return new RecentCall(id, at, prompt, call.outcome(), call.tier(), call.elapsedNanos() / NANOS_PER_MILLI);
    }
}
