package io.github.llmcache.sample.web;

import io.github.llmcache.event.CacheStatistics;
import io.github.llmcache.event.CostTotals;
import io.github.llmcache.event.FleetStatistics;
import io.github.llmcache.tier.TierException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Tells the tokens and the money that the cache has saved, in this instance and in all of them. */
@Component
class SavedCosts {

    private static final String CACHE = "prompt";
    private static final int DAYS = 30;

    private final @Nullable CacheStatistics statistics;
    private final @Nullable FleetStatistics fleet;

    // Neither is there where the cache is switched off.
    SavedCosts(ObjectProvider<CacheStatistics> statistics, ObjectProvider<FleetStatistics> fleet) {
        this.statistics = statistics.getIfAvailable();
        this.fleet = fleet.getIfAvailable();
    }

    /** Of this instance since it started. */
    Saved here() {
        return Saved.of(
                statistics == null ? CostTotals.NONE : statistics.of(CACHE).saved());
    }

    /** Of all instances on this Redis, or null where that is not known, as while Redis is gone. */
    @Nullable
    Saved everywhere() {
        if (fleet == null) {
            return null;
        }
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        try {
            return Saved.of(
                    fleet.of(CACHE, today.minusDays(DAYS - 1), today).total().saved());
        } catch (TierException ex) {
            return null;
        }
    }
}
