package io.github.llmcache.sample.web;

import io.github.llmcache.event.CacheOutcome;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;

/**
 * What is answered.
 *
 * @param answer the text
 * @param outcome how the cache took part
 * @param tier the tier that had the answer, or null
 * @param millis how long it took, in milliseconds
 */
record Answer(String answer, CacheOutcome outcome, @Nullable String tier, long millis) {

    static final String HEADER = "X-LLM-Cache";

    /** The answer, and the outcome as a header too, as {@code MISS} or {@code HIT; tier=redis}. */
    ResponseEntity<Answer> asResponse() {
        String header = tier == null ? outcome.name() : outcome + "; tier=" + tier;
        return ResponseEntity.ok().header(HEADER, header).body(this);
    }
}
