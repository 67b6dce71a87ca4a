package io.github.llmcache.redis;

import java.time.Duration;

/**
 * When the tier in Redis is left alone, and when it is tried again.
 *
 * @param failureRateThreshold how many of a hundred look-ups have to fail, from 1 to 100
 * @param slidingWindowSize over how many of the last look-ups that is counted, at least 1
 * @param minimumNumberOfCalls how many look-ups there have to be before it is counted, from 1 to the window's size
 * @param waitDuration how long the tier is left alone before it is tried again, at least a millisecond
 * @param permittedProbes how many look-ups try it then, at least 1
 */
public record CircuitSettings(
        int failureRateThreshold,
        int slidingWindowSize,
        int minimumNumberOfCalls,
        Duration waitDuration,
        int permittedProbes) {

    /** Half of the last twenty look-ups, of which there were five at least; a second alone, and three probes. */
    public static final CircuitSettings DEFAULTS = new CircuitSettings(50, 20, 5, Duration.ofSeconds(1), 3);
}
