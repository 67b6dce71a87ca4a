package io.github.llmcache.sample.web;

import io.github.llmcache.event.CacheOutcome;
import org.jspecify.annotations.Nullable;

/**
 * What is answered.
 *
 * @param answer the text
 * @param outcome how the cache took part
 * @param tier the tier that had the answer, or null
 * @param millis how long it took, in milliseconds
 */
record Answer(String answer, CacheOutcome outcome, @Nullable String tier, long millis) {

    /** The outcome in the form of a header, as {@code MISS} or {@code HIT; tier=redis}. */
    String header() {
        return tier == null ? outcome.name() : outcome + "; tier=" + tier;
    }
}
