package io.github.llmcache.autoconfigure.redis;

import io.github.llmcache.autoconfigure.InvalidLlmCachePropertyException;
import io.github.llmcache.autoconfigure.LlmCacheProperties.Stats;
import java.time.Duration;

/** Reads the settings of the fleet's counters, and refuses values that can't work. */
final class StatsProperties {

    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);
    private static final Duration LONGEST_INTERVAL = Duration.ofDays(1);
    private static final Duration LONGEST_RETENTION = Duration.ofDays(3650);

    private StatsProperties() {}

    static Duration flushInterval(Stats stats) {
        if (isOutside(stats.flushInterval(), SHORTEST_INTERVAL, LONGEST_INTERVAL)) {
            throw new InvalidLlmCachePropertyException(
                    "llm-cache.stats.flush-interval",
                    stats.flushInterval(),
                    "is no time from 100ms to 1d",
                    "Write a time such as 10s.");
        }
        return stats.flushInterval();
    }

    static Duration retention(Stats stats) {
        if (isOutside(stats.retention(), Duration.ofDays(1), LONGEST_RETENTION)) {
            throw new InvalidLlmCachePropertyException(
                    "llm-cache.stats.retention",
                    stats.retention(),
                    "is no time from 1d to 3650d",
                    "Write a time such as 90d.");
        }
        return stats.retention();
    }

    private static boolean isOutside(Duration time, Duration shortest, Duration longest) {
        return time.compareTo(shortest) < 0 || time.compareTo(longest) > 0;
    }
}
