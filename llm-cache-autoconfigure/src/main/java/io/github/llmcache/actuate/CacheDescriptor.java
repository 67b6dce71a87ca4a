package io.github.llmcache.actuate;

import io.github.llmcache.engine.CacheMode;
import io.github.llmcache.engine.CacheSettings;
import io.github.llmcache.event.CacheStatistics;
import io.github.llmcache.event.CostTotals;
import io.github.llmcache.tier.EntryCount;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A cache: its settings, its entries, and the calls of this JVM since it started.
 *
 * @param settings its settings
 * @param entries how many entries it has, or null where Redis does not answer
 * @param entriesComplete false if counting ran out of time, so that there are at least as many; null with the entries
 * @param mode what it does at the moment: {@code on}, {@code read-only}, {@code refresh} or {@code off}
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
 * @param tierFailures operations that a tier could not do
 * @param rejected answers that were not stored
 * @param hitRatio the share of calls that were answered without a call of the method for themselves, from 0 to 1, as in
 *     {@link CacheStatistics.Snapshot#hitRatio()}
 * @param loads calls of the method that it answered, in the background too
 * @param meanLoadMillis how long these took in the mean, or null where there were none
 * @param estimatedMillisSaved how much waiting the cache saved, an estimate as
 *     {@link CacheStatistics.Snapshot#estimatedTimeSaved()}, or null where it is not known how long the method takes
 * @param saved what the answers cost, when the model gave them, that were hits, stale or coalesced
 * @param spent what the answers cost that the method gave
 * @param models what was counted of each model
 * @param fleet what all JVMs counted, or null where it can't be read or they count nothing together
 */
public record CacheDescriptor(
        SettingsDescriptor settings,
        String mode,
        @Nullable Long entries,
        @Nullable Boolean entriesComplete,
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
        long tierFailures,
        long rejected,
        double hitRatio,
        long loads,
        @Nullable Long meanLoadMillis,
        @Nullable Long estimatedMillisSaved,
        CostTotals saved,
        CostTotals spent,
        Map<String, ModelCountsDescriptor> models,
        @Nullable FleetDescriptor fleet) {

    static CacheDescriptor of(
            CacheSettings settings,
            CacheMode mode,
            @Nullable EntryCount count,
            CacheStatistics.Snapshot calls,
            @Nullable FleetDescriptor fleet) {
        return new CacheDescriptor(
                SettingsDescriptor.of(settings),
                mode.id(),
                count == null ? null : count.entries(),
                count == null ? null : count.complete(),
                calls.hits(),
                calls.hitsByTier(),
                calls.stale(),
                calls.staleIfError(),
                calls.coalesced(),
                calls.misses(),
                calls.bypasses(),
                calls.refused(),
                calls.errors(),
                calls.refreshes(),
                calls.failedRefreshes(),
                calls.tierFailures(),
                calls.rejected(),
                calls.hitRatio(),
                calls.loads(),
                CountsDescriptor.millis(calls.meanLoadTime()),
                CountsDescriptor.millis(calls.estimatedTimeSaved()),
                calls.saved(),
                calls.spent(),
                ModelCountsDescriptor.of(calls, calls::meanLoadTimeOf),
                fleet);
    }
}
