package io.github.llmcache.event;

import java.time.Duration;
import java.time.LocalDate;

/**
 * Tells what all JVMs counted that share the caches, by cache and day.
 *
 * <p>Each JVM adds its counts every now and then, so the last seconds are missing. Days are those of UTC. Thread-safe.
 */
public interface FleetStatistics {

    /** How many days can be read at once. */
    int MOST_DAYS = 1000;

    /**
     * Reads the counts of a cache. Blocks for a bounded time for each day.
     *
     * @param cache the cache
     * @param from the first day
     * @param to the last day
     * @return the counts of all these days
     * @throws IllegalArgumentException if the first day is after the last, or there are more than {@link #MOST_DAYS}
     * @throws io.github.llmcache.tier.TierException if they can't be read
     */
    default DailyStatistics of(String cache, LocalDate from, LocalDate to) {
        return of(cache, from, to, Duration.ofDays(1));
    }

    /**
     * Reads the counts of a cache, the newest first, until a time is over.
     *
     * @param cache the cache
     * @param from the first day
     * @param to the last day
     * @param atMost how long to read; the last day is always read
     * @return the counts of these days, or of the last ones of them
     * @throws IllegalArgumentException if the first day is after the last, or there are more than {@link #MOST_DAYS}
     * @throws io.github.llmcache.tier.TierException if they can't be read
     */
    DailyStatistics of(String cache, LocalDate from, LocalDate to, Duration atMost);
}
