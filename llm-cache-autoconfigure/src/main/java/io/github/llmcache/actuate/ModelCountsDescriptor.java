package io.github.llmcache.actuate;

import io.github.llmcache.event.CacheStatistics;
import io.github.llmcache.event.CostTotals;
import io.github.llmcache.event.ModelCalls;
import io.github.llmcache.event.ModelCosts;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What was counted of one model.
 *
 * @param hits calls answered from the cache with an answer that was fresh
 * @param hitsByTier the hits by the tier that had the answer
 * @param stale calls answered at once with an answer that was no longer fresh
 * @param coalesced calls answered by the load of an equal one
 * @param misses calls for which the cache had no answer
 * @param loads calls that the model answered, in the background too
 * @param meanLoadMillis how long these took in the mean, or null where there were none
 * @param estimatedMillisSaved how much waiting the cache saved, an estimate, or null where it is not known how long the model
 *     takes
 * @param saved what the answers cost, when the model gave them, that were hits, stale or coalesced
 * @param spent what the answers cost that the model gave
 */
public record ModelCountsDescriptor(
        long hits,
        Map<String, Long> hitsByTier,
        long stale,
        long coalesced,
        long misses,
        long loads,
        @Nullable Long meanLoadMillis,
        @Nullable Long estimatedMillisSaved,
        CostTotals saved,
        CostTotals spent) {

    /**
     * Describes all models of a snapshot.
     *
     * @param counts the snapshot
     * @param loadTime how long a model takes, where that is known
     */
    static Map<String, ModelCountsDescriptor> of(
            CacheStatistics.Snapshot counts, Function<String, Optional<Duration>> loadTime) {
        Map<String, ModelCountsDescriptor> models = new LinkedHashMap<>();
        counts.models()
                .forEach((model, costs) -> models.put(
                        model, of(counts.calls().getOrDefault(model, ModelCalls.NONE), costs, loadTime.apply(model))));
        return models;
    }

    private static ModelCountsDescriptor of(ModelCalls calls, ModelCosts costs, Optional<Duration> loadTime) {
        return new ModelCountsDescriptor(
                calls.hits(),
                calls.hitsByTier(),
                calls.stale(),
                calls.coalesced(),
                calls.misses(),
                calls.loads(),
                CountsDescriptor.millis(calls.meanLoadTime()),
                CountsDescriptor.millis(loadTime.map(calls::estimatedTimeSaved)),
                costs.saved(),
                costs.spent());
    }
}
