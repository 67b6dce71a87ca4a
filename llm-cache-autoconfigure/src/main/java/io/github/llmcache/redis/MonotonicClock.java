package io.github.llmcache.redis;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/**
 * A clock that never goes back: a circuit that waits on the wall clock would stay open for an hour where that is set back
 * by one.
 *
 * <p>Good for measuring only; its instants begin at 1970. Thread-safe.
 */
final class MonotonicClock extends Clock {

    private final LongSupplier nanoTime;
    private final long origin;

    MonotonicClock(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.origin = nanoTime.getAsLong();
    }

    @Override
    public Instant instant() {
        return Instant.EPOCH.plusNanos(nanoTime.getAsLong() - origin);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    /** The same clock: nobody asks it for a time of day. */
    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
