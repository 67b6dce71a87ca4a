package io.github.llmcache.actuate;

import io.github.llmcache.engine.CacheSettings;
import io.github.llmcache.event.CacheStatistics;
import io.github.llmcache.tier.EntryCount;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A cache: its settings, its entries, and the calls of this JVM since it started.
 *
 * @param settings its settings
 * @param entries how many entries it has, or null where Redis does not answer
 * @param entriesComplete false if counting ran out of time, so that there are at least as many; null with the entries
 * @param hits calls answered from the cache
 * @param hitsByTier the hits by the tier that had the answer
 * @param misses calls that the method answered
 * @param bypasses calls that passed the cache by
 * @param errors calls whose method threw
 * @param tierFailures operations that a tier could not do
 * @param rejected answers that were not stored
 * @param hitRatio hits as a share of hits and misses, from 0 to 1
 */
public record CacheDescriptor(
        SettingsDescriptor settings,
        @Nullable Long entries,
        @Nullable Boolean entriesComplete,
        long hits,
        Map<String, Long> hitsByTier,
        long misses,
        long bypasses,
        long errors,
        long tierFailures,
        long rejected,
        double hitRatio) {

    static CacheDescriptor of(CacheSettings settings, @Nullable EntryCount count, CacheStatistics.Snapshot calls) {
        return new CacheDescriptor(
                SettingsDescriptor.of(settings),
                count == null ? null : count.entries(),
                count == null ? null : count.complete(),
                calls.hits(),
                calls.hitsByTier(),
                calls.misses(),
                calls.bypasses(),
                calls.errors(),
                calls.tierFailures(),
                calls.rejected(),
                calls.hitRatio());
    }
}
