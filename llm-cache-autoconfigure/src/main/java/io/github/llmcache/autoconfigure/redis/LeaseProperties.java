package io.github.llmcache.autoconfigure.redis;

import io.github.llmcache.autoconfigure.InvalidLlmCachePropertyException;
import io.github.llmcache.autoconfigure.LlmCacheProperties.SingleFlight;
import java.time.Duration;

/** Reads the settings of leases, and refuses values that can't work. */
final class LeaseProperties {

    /** A lease is renewed three times in its time, and each renewal takes a way to Redis and back. */
    private static final Duration SHORTEST = Duration.ofMillis(100);

    /** Some models think for minutes. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final Duration YEAR = Duration.ofDays(365);

    private LeaseProperties() {}

    static Duration time(SingleFlight properties) {
        if (properties.lease().compareTo(SHORTEST) < 0) {
            throw new InvalidLlmCachePropertyException(
                    "llm-cache.single-flight.lease",
                    properties.lease(),
                    "is shorter than 100ms",
                    "Write a time such as 5s.");
        }
        return properties.lease();
    }

    /** For how long a lease is renewed: by then those who wait have given up twice. */
    static Duration longest(SingleFlight properties) {
        if (properties.maxWait().compareTo(YEAR) > 0) {
            return YEAR;
        }
        Duration twice = properties.maxWait().multipliedBy(2);
        return twice.compareTo(PATIENCE) < 0 ? PATIENCE : twice;
    }
}
