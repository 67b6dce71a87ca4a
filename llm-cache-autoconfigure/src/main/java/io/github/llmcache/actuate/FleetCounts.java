package io.github.llmcache.actuate;

import io.github.llmcache.event.FleetStatistics;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what all JVMs counted of all caches, within a bounded time. */
final class FleetCounts {

    /** How many days are added up where nobody says how many. */
    private static final int DAYS = 30;

    /** How long is read for all caches together. */
    private static final Duration READING = Duration.ofMillis(200);

    /** How long, where somebody asks for days. */
    private static final Duration READING_DAYS = Duration.ofSeconds(2);

    private final @Nullable FleetStatistics statistics;
    private final InstantSource clock;

    FleetCounts(@Nullable FleetStatistics statistics, InstantSource clock) {
        this.statistics = statistics;
        this.clock = clock;
    }

    /** Whether the JVMs count anything together. */
    boolean isThere() {
        return statistics != null;
    }

    /**
     * Reads the last days.
     *
     * @param caches the caches
     * @param days how many, or null for a few, and for these without the counts of each day
     * @param read takes the counts by cache; none where the JVMs count nothing together
     * @return whether the time was enough for all caches; those for which it was not are not in the map
     * @throws io.github.llmcache.tier.TierException if they can't be read; what was read before is in the map
     */
    boolean read(List<String> caches, @Nullable Integer days, Map<String, FleetDescriptor> read) {
        if (statistics == null) {
            return true;
        }
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        LocalDate from = today.minusDays((days == null ? DAYS : days) - 1L);
        long deadline = System.nanoTime() + (days == null ? READING : READING_DAYS).toNanos();
        int left = caches.size();
        for (String cache : caches) {
            // What a quick cache leaves over goes to those after it.
            long share = (deadline - System.nanoTime()) / left--;
            if (share <= 0) {
                return false;
            }
            read.put(
                    cache,
                    FleetDescriptor.of(statistics.of(cache, from, today, Duration.ofNanos(share)), days != null));
        }
        return true;
    }

    static void check(@Nullable Integer days) {
        if (days != null && (days < 1 || days > FleetStatistics.MOST_DAYS)) {
            throw badDays();
        }
    }

    static RefusedRequestException badDays() {
        return RefusedRequestException.bad("The number of days is from 1 to " + FleetStatistics.MOST_DAYS);
    }
}
