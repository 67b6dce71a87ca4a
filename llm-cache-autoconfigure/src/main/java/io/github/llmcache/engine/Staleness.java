package io.github.llmcache.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When an answer that is no longer fresh is served all the same.
 *
 * @param whileRevalidate how long after it was fresh it is served while it is refreshed in the background, not negative
 * @param ifError how long after it was fresh it is served where the model fails, not negative
 * @param loadTimeout how long the model may take where an old answer is at hand that may be served instead, positive, or
 *     null for as long as it takes
 */
public record Staleness(
        Duration whileRevalidate,
        Duration ifError,
        @Nullable Duration loadTimeout) {

    /** Never. */
    public static final Staleness NEVER = new Staleness(Duration.ZERO, Duration.ZERO, null);

    /** Checks the durations. */
    public Staleness {
        if (whileRevalidate.isNegative() || ifError.isNegative()) {
            throw new IllegalArgumentException("The time that answers are served stale is not negative");
        }
        if (loadTimeout != null && loadTimeout.toMillis() <= 0) {
            throw new IllegalArgumentException("A load timeout is at least one millisecond, not " + loadTimeout);
        }
    }

    /** How long after an answer was fresh it is kept. */
    Duration grace() {
        return whileRevalidate.compareTo(ifError) > 0 ? whileRevalidate : ifError;
    }
}
