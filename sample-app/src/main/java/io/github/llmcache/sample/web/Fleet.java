package io.github.llmcache.sample.web;

import io.github.llmcache.event.DailyStatistics;
import io.github.llmcache.event.FleetStatistics;
import io.github.llmcache.tier.TierException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Tells what all instances on this Redis have saved, which outlives each of them. */
@Component
class Fleet {

    private static final String CACHE = "prompt";
    private static final int DAYS = 30;

    private final @Nullable FleetStatistics statistics;

    // It is not there where the cache is switched off.
    Fleet(ObjectProvider<FleetStatistics> statistics) {
        this.statistics = statistics.getIfAvailable();
    }

    /** In the last 30 days, or null where that is not known, as while Redis is gone. */
    @Nullable
    Saved saved() {
        DailyStatistics read = read();
        return read == null ? null : Saved.of(read.total().saved());
    }

    /**
     * On each of the last 30 days on which something was asked, the oldest first, or null where that is not known, as while
     * Redis is gone.
     */
    @Nullable
    List<Day> days() {
        DailyStatistics read = read();
        return read == null
                ? null
                : read.days().keySet().stream().map(day -> Day.of(read, day)).toList();
    }

    private @Nullable DailyStatistics read() {
        if (statistics == null) {
            return null;
        }
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        try {
            return statistics.of(CACHE, today.minusDays(DAYS - 1), today);
        } catch (TierException ex) {
            return null;
        }
    }
}
