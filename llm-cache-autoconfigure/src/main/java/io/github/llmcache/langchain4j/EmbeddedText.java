package io.github.llmcache.langchain4j;

import dev.langchain4j.model.output.TokenUsage;
import io.github.llmcache.payload.TokenCount;
import org.jspecify.annotations.Nullable;

/**
 * The vector of one text.
 *
 * @param vector the vector, which belongs to whoever has this
 * @param model the model that the response named, or null
 * @param tokens what the text took, or null where it is unknown
 * @param fresh what tells that the model was asked for it just now, or null where it is from the cache
 */
record EmbeddedText(
        float[] vector,
        @Nullable String model,
        @Nullable TokenCount tokens,
        @Nullable Fresh fresh) {

    /**
     * That the model was asked.
     *
     * @param usage what the whole request took, or null where the model does not tell
     */
    record Fresh(@Nullable TokenUsage usage) {}

    /** Names the size, never the content. */
    @Override
    public String toString() {
        return "EmbeddedText[" + vector.length + "]";
    }
}
