package io.github.llmcache.sample.web;

import io.github.llmcache.event.DailyStatistics;
import io.github.llmcache.event.FleetStatistics;
import io.github.llmcache.tier.TierException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Tells what all instances on this Redis have saved, which outlives each of them. */
@Component
class Fleet {

    /** That of questions, and that of conversations. */
    private static final List<String> CACHES = List.of("prompt", "chat-model");

    private static final int DAYS = 30;

    private final @Nullable FleetStatistics statistics;

    // It is not there where the cache is switched off.
    Fleet(ObjectProvider<FleetStatistics> statistics) {
        this.statistics = statistics.getIfAvailable();
    }

    /** In the last 30 days, or null where that is not known, as while Redis is gone. */
    @Nullable
    Saved saved() {
        List<Day> days = days();
        return days == null
                ? null
                : days.stream().map(day -> day.totals().saved()).reduce(Saved.NOTHING, Saved::plus);
    }

    /**
     * On each of the last 30 days on which something was asked, the oldest first, or null where that is not known, as while
     * Redis is gone.
     */
    @Nullable
    List<Day> days() {
        if (statistics == null) {
            return null;
        }
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        SortedMap<LocalDate, Day> days = new TreeMap<>();
        try {
            for (String cache : CACHES) {
                DailyStatistics read = statistics.of(cache, today.minusDays(DAYS - 1), today);
                read.days().keySet().forEach(date -> days.merge(date, Day.of(read, date), Day::plus));
            }
        } catch (TierException ex) {
            return null;
        }
        return List.copyOf(days.values());
    }
}
