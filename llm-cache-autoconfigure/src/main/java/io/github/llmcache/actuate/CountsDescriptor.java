package io.github.llmcache.actuate;

import io.github.llmcache.event.AskedPrompts;
import io.github.llmcache.event.CacheStatistics;
import io.github.llmcache.event.CostTotals;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What all JVMs counted of a cache.
 *
 * @param hits calls answered from the cache with an answer that was fresh
 * @param hitsByTier the hits by the tier that had the answer
 * @param stale calls answered at once with an answer that was no longer fresh
 * @param staleIfError calls answered with an old answer, because the method failed or took too long
 * @param coalesced calls answered by the load of an equal one
 * @param misses calls for which the cache had no answer
 * @param bypasses calls that passed the cache by
 * @param refused calls that a guard did not let reach the method
 * @param errors calls whose method threw
 * @param refreshes calls of the method in the background that it answered
 * @param failedRefreshes calls of the method in the background in which it threw
 * @param hitRatio the share of calls that were answered without a call of the method for themselves, from 0 to 1
 * @param loads calls of the method that it answered, in the background too
 * @param meanLoadMillis how long these took in the mean, or null where there were none
 * @param estimatedMillisSaved how much waiting the cache saved, an estimate, or null where it is not known how long the
 *     method takes
 * @param saved what the answers cost, when the model gave them, that were hits, stale or coalesced
 * @param spent what the answers cost that the method gave
 * @param models what was counted of each model
 * @param prompts how many prompts were asked, and how many of them had been asked before within the same days, or null
 *     where that is not known
 */
public record CountsDescriptor(
        long hits,
        Map<String, Long> hitsByTier,
        long stale,
        long staleIfError,
        long coalesced,
        long misses,
        long bypasses,
        long refused,
        long errors,
        long refreshes,
        long failedRefreshes,
        double hitRatio,
        long loads,
        @Nullable Long meanLoadMillis,
        @Nullable Long estimatedMillisSaved,
        CostTotals saved,
        CostTotals spent,
        Map<String, ModelCountsDescriptor> models,
        @Nullable PromptsDescriptor prompts) {

    static CountsDescriptor of(
            CacheStatistics.Snapshot counts,
            Optional<Duration> timeSaved,
            Function<String, Optional<Duration>> loadTime,
            @Nullable AskedPrompts prompts) {
        return new CountsDescriptor(
                counts.hits(),
                counts.hitsByTier(),
                counts.stale(),
                counts.staleIfError(),
                counts.coalesced(),
                counts.misses(),
                counts.bypasses(),
                counts.refused(),
                counts.errors(),
                counts.refreshes(),
                counts.failedRefreshes(),
                counts.hitRatio(),
                counts.loads(),
                millis(counts.meanLoadTime()),
                millis(timeSaved),
                counts.saved(),
                counts.spent(),
                ModelCountsDescriptor.of(counts, loadTime),
                prompts == null ? null : PromptsDescriptor.of(prompts));
    }

    static @Nullable Long millis(Optional<Duration> time) {
        return time.map(Duration::toMillis).orElse(null);
    }
}
