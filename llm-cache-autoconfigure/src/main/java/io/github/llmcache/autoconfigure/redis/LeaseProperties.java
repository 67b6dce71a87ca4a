package io.github.llmcache.autoconfigure.redis;

import io.github.llmcache.autoconfigure.InvalidLlmCachePropertyException;
import io.github.llmcache.autoconfigure.LlmCacheProperties.SingleFlight;
import java.time.Duration;

/** Reads the settings of leases, and refuses values that can't work. */
final class LeaseProperties {

    /** A lease is renewed three times in its time, and each renewal takes a way to Redis and back. */
    private static final Duration SHORTEST = Duration.ofMillis(100);

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
}
