package io.github.llmcache.event;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The calls of one model.
 *
 * @param hitsByTier calls answered with a fresh answer, by the tier that had it
 * @param stale calls answered at once with an answer that was no longer fresh
 * @param coalesced calls answered by the load of an equal one
 * @param misses calls for which the cache had no answer
 * @param loads calls that the model answered, in the background too
 * @param loadTime how long these took together
 */
public record ModelCalls(
        Map<String, Long> hitsByTier, long stale, long coalesced, long misses, long loads, Duration loadTime) {

    /** No calls. */
    public static final ModelCalls NONE = new ModelCalls(Map.of(), 0, 0, 0, 0, Duration.ZERO);

    private static final Duration LONGEST = Duration.ofMillis(Long.MAX_VALUE);

    /** Copies the map, in its order. */
    public ModelCalls {
        hitsByTier = Collections.unmodifiableMap(new LinkedHashMap<>(hitsByTier));
    }

    /** Calls answered with a fresh answer. */
    public long hits() {
        return hitsByTier.values().stream().mapToLong(Long::longValue).sum();
    }

    /** How long the model took to answer in the mean; empty where it never did. */
    public Optional<Duration> meanLoadTime() {
        return loads == 0 ? Optional.empty() : Optional.of(loadTime.dividedBy(loads));
    }

    /**
     * How much waiting the cache saved, an estimate as {@link CacheStatistics.Snapshot#estimatedTimeSaved()}.
     *
     * @param meanLoadTime how long the model takes
     * @return the time
     */
    public Duration estimatedTimeSaved(Duration meanLoadTime) {
        return times(meanLoadTime, hits() + stale);
    }

    /** As much as can be told in milliseconds: sums that are read from Redis can be anything. */
    static Duration times(Duration meanLoadTime, long answers) {
        try {
            Duration time = meanLoadTime.multipliedBy(answers);
            return time.compareTo(LONGEST) < 0 ? time : LONGEST;
        } catch (ArithmeticException ex) {
            return LONGEST;
        }
    }
}
