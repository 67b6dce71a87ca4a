package io.github.llmcache.redis;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A value, and how long it still lived when it was read.
 *
 * @param value the value
 * @param ttlLeft no longer than the truth, counted from before the value was asked for, or null where it is not known or
 *     the value never expires
 */
record TimedValue(byte[] value, @Nullable Duration ttlLeft) {

    /**
     * Makes it of two replies.
     *
     * @param value the value, or null where there is none
     * @param pttl the reply to {@code PTTL}, or null where it failed
     * @return null where there is no value
     */
    static @Nullable TimedValue of(byte @Nullable [] value, @Nullable Long pttl) {
        if (value == null) {
            return null;
        }
        return new TimedValue(value, pttl == null || pttl <= 0 ? null : Duration.ofMillis(pttl));
    }
}
