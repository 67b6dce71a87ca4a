package io.github.llmcache.metrics;

import io.github.llmcache.event.CacheStatistics;
import io.github.llmcache.event.CacheStatistics.Snapshot;
import java.time.Duration;
import java.util.Optional;

/**
 * How much waiting one cache has saved, as {@link Snapshot#estimatedTimeSaved()}, but never less than before: what was saved
 * counts with the mean time of the method at the moment when it is first read, and later means don't change it.
 *
 * <p>Thread-safe. A call does nothing for it.
 */
final class TimeSaved {

    private static final double NANOS = 1e9;

    private final CacheStatistics statistics;
    private final String cache;
    private long counted;
    private double seconds;

    TimeSaved(CacheStatistics statistics, String cache) {
        this.statistics = statistics;
        this.cache = cache;
    }

    /** The time so far in seconds; answers wait to be counted until it is known how long the method takes. */
    synchronized double seconds() {
        Snapshot counts = statistics.of(cache);
        Optional<Duration> mean = counts.meanLoadTime();
        if (mean.isPresent()) {
            long answers = counts.hits() + counts.stale();
            seconds += (answers - counted) * (mean.get().toNanos() / NANOS);
            counted = answers;
        }
        return seconds;
    }
}
