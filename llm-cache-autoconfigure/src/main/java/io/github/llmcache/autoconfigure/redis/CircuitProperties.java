package io.github.llmcache.autoconfigure.redis;

import io.github.llmcache.autoconfigure.InvalidLlmCachePropertyException;
import io.github.llmcache.autoconfigure.LlmCacheProperties.CircuitBreaker;
import io.github.llmcache.redis.CircuitSettings;
import java.time.Duration;

/** Makes the settings of the circuit from the properties, and refuses values that can't work. */
final class CircuitProperties {

    private static final String PREFIX = "llm-cache.redis.circuit-breaker.";
    private static final String MINIMUM = PREFIX + "minimum-number-of-calls";
    private static final String WINDOW = PREFIX + "sliding-window-size";

    /** Each place of the window takes memory, and a longer memory than this makes the circuit deaf. */
    private static final int MOST = 10_000;

    private CircuitProperties() {}

    static CircuitSettings settings(CircuitBreaker properties) {
        int rate = number(PREFIX + "failure-rate-threshold", properties.failureRateThreshold(), 100);
        int window = number(WINDOW, properties.slidingWindowSize(), MOST);
        int minimum = number(MINIMUM, properties.minimumNumberOfCalls(), MOST);
        if (minimum > window) {
            throw new InvalidLlmCachePropertyException(
                    MINIMUM,
                    minimum,
                    "is more than the " + window + " of " + WINDOW,
                    "Write " + window + " or less, or raise " + WINDOW + ".");
        }
        int probes = number(PREFIX + "permitted-probes", properties.permittedProbes(), MOST);
        return new CircuitSettings(rate, window, minimum, wait(properties.waitDuration()), probes);
    }

    private static int number(String property, int value, int most) {
        if (value < 1 || value > most) {
            throw new InvalidLlmCachePropertyException(
                    property,
                    value,
                    "is not a number from 1 to " + most,
                    "Write a number from 1 to " + most + ", or leave the property out.");
        }
        return value;
    }

    private static Duration wait(Duration wait) {
        if (wait.toMillis() <= 0) {
            throw new InvalidLlmCachePropertyException(
                    PREFIX + "wait-duration", wait, "is not a time above zero", "Write a time such as 1s.");
        }
        return wait;
    }
}
