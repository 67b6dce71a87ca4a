package io.github.llmcache.event;

import io.github.llmcache.event.CacheStatistics.Snapshot;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The counts of one cache by day.
 *
 * @param from the first day that was read
 * @param to the last day that was read
 * @param complete false if the time did not suffice for all days that were asked for, so that the oldest are missing
 * @param days the counts of the days on which something was counted, the oldest first
 * @param total the counts of all these days together
 * @param prompts how many prompts were asked on a day, and how many of them had been asked before on that day; of the days
 *     for which this was counted
 * @param promptsInAll the same of all the days together as one window, or null where it was not counted, or there are too
 *     many days
 */
public record DailyStatistics(
        LocalDate from,
        LocalDate to,
        boolean complete,
        SortedMap<LocalDate, Snapshot> days,
        Snapshot total,
        Map<LocalDate, AskedPrompts> prompts,
        @Nullable AskedPrompts promptsInAll) {

    /** Copies the days. */
    public DailyStatistics {
        days = Collections.unmodifiableSortedMap(new TreeMap<>(days));
        prompts = Collections.unmodifiableMap(new TreeMap<>(prompts));
    }

    /**
     * Creates statistics of days on which no prompts were told apart.
     *
     * @param from the first day that was read
     * @param to the last day that was read
     * @param complete false if the oldest days are missing
     * @param days the counts of the days on which something was counted
     * @param total the counts of all these days together
     */
    public DailyStatistics(
            LocalDate from, LocalDate to, boolean complete, SortedMap<LocalDate, Snapshot> days, Snapshot total) {
        this(from, to, complete, days, total, Map.of(), null);
    }

    /**
     * How much waiting the cache saved on a day, an estimate as {@link Snapshot#estimatedTimeSaved()}, by how long the
     * method took in the mean of all the days, so that the days add up to the whole.
     *
     * @param day the day
     * @return the time; empty where nothing was counted on the day, or it is not known how long the method takes
     */
    public Optional<Duration> estimatedTimeSaved(LocalDate day) {
        Snapshot counts = days.get(day);
        return counts == null ? Optional.empty() : total.meanLoadTime().map(counts::estimatedTimeSaved);
    }
}
