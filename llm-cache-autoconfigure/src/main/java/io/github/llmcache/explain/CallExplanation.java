package io.github.llmcache.explain;

import io.github.llmcache.engine.CacheMode;
import io.github.llmcache.engine.LookupPreview.Finding;
import io.github.llmcache.event.BypassReason;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.key.PromptRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a call would be answered from the cache at this moment, or not.
 *
 * <p>Immutable. It holds what was asked and what others have asked: {@link #because} and {@link #toString} tell nothing of
 * either, all else may.
 *
 * @param cache the cache, or null where there is none at all
 * @param outcome {@code HIT}, {@code STALE}, {@code MISS} or {@code BYPASS}
 * @param because why, in a sentence or two, with names of components, models and versions, but no text of any call
 * @param bypass why the call would pass the cache by, or null
 * @param mode what the cache does at the moment, or null where there is none
 * @param request what the key is made from; without a key as much of it as could be told, or null
 * @param key the key, or null where the call has none
 * @param storedUnder the key in the farthest tier, which can hold the prompt, or null where that is not known
 * @param tier the tier that would answer, or null
 * @param findings what stands in each tier under the key, the nearest first
 * @param nearest the entries that are most like what was asked, for a miss that asked the tiers, of which the farthest answered;
 *     null otherwise
 */
public record CallExplanation(
        @Nullable String cache,
        CacheOutcome outcome,
        String because,
        @Nullable BypassReason bypass,
        @Nullable CacheMode mode,
        @Nullable PromptRequest request,
        @Nullable PromptKey key,
        @Nullable String storedUnder,
        @Nullable String tier,
        List<Finding> findings,
        @Nullable NearestEntries nearest) {

    /** Copies the list. */
    public CallExplanation {
        findings = List.copyOf(findings);
    }

    /**
     * Explains any call where there is no cache.
     *
     * @return the explanation
     */
    public static CallExplanation withoutCache() {
        return new CallExplanation(
                null,
                CacheOutcome.BYPASS,
                "There is no cache: llm-cache.enabled is false, or there is no Redis.",
                null,
                null,
                null,
                null,
                null,
                null,
                List.of(),
                null);
    }

    /** Tells the outcome and why, never what was asked. */
    @Override
    public String toString() {
        return "CallExplanation[cache=" + cache + ", outcome=" + outcome + ": " + because + "]";
    }
}
