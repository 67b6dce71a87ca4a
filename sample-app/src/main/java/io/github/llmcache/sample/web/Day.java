package io.github.llmcache.sample.web;

import io.github.llmcache.event.CacheStatistics.Snapshot;
import io.github.llmcache.event.DailyStatistics;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Objects;

/**
 * What the cache did on a day, in all instances.
 *
 * @param date the day, of UTC
 * @param totals the totals of the day alone; the time is an estimate, by the mean time of the model
 */
record Day(LocalDate date, Totals totals) {

    /** The same day in another cache too. */
    Day plus(Day other) {
        return new Day(date, totals.plus(other.totals));
    }

    static Day of(DailyStatistics statistics, LocalDate date) {
        Snapshot counts = Objects.requireNonNull(statistics.days().get(date));
        long spared = counts.hits() + counts.stale() + counts.coalesced();
        return new Day(
                date,
                new Totals(
                        spared + counts.misses() + counts.staleIfError() + counts.bypasses(),
                        spared,
                        statistics
                                .estimatedTimeSaved(date)
                                .map(Duration::toMillis)
                                .orElse(0L),
                        Saved.of(counts.saved())));
    }
}
