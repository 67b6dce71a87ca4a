package io.github.llmcache.engine;

import io.github.llmcache.payload.AnswerState;
import org.jspecify.annotations.Nullable;

/**
 * An answer that the model has just given and that may be stored.
 *
 * @param cache the cache
 * @param model the model that is named, or null
 * @param state whether the answer is whole
 * @param answer the answer, not to be changed
 */
public record AnswerCandidate(String cache, @Nullable String model, AnswerState state, Object answer) {

    /** Names the cache, never the answer. */
    @Override
    public String toString() {
        return "AnswerCandidate[cache=" + cache + ", state=" + state + "]";
    }
}
