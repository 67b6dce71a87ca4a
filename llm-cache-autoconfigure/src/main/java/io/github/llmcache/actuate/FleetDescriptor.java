package io.github.llmcache.actuate;

import io.github.llmcache.event.DailyStatistics;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What all JVMs that share a cache counted of it within some days of UTC.
 *
 * @param from the first day, as {@code 2026-11-23}
 * @param to the last day
 * @param complete false if reading ran out of time, so that the days before {@code from} are missing
 * @param total the counts of all these days
 * @param days the counts by day, the oldest first, without days on which nothing was counted; null unless asked for
 */
public record FleetDescriptor(
        String from,
        String to,
        boolean complete,
        CountsDescriptor total,
        @Nullable Map<String, CountsDescriptor> days) {

    static FleetDescriptor of(DailyStatistics statistics, boolean byDay) {
        Map<String, CountsDescriptor> days = byDay ? new LinkedHashMap<>() : null;
        if (days != null) {
            statistics
                    .days()
                    .forEach((day, counts) -> days.put(
                            day.toString(),
                            CountsDescriptor.of(
                                    counts,
                                    statistics.estimatedTimeSaved(day),
                                    statistics.total()::meanLoadTimeOf,
                                    statistics.prompts().get(day))));
        }
        return new FleetDescriptor(
                statistics.from().toString(),
                statistics.to().toString(),
                statistics.complete(),
                CountsDescriptor.of(
                        statistics.total(),
                        statistics.total().estimatedTimeSaved(),
                        statistics.total()::meanLoadTimeOf,
                        statistics.promptsInAll()),
                days);
    }
}
