package io.github.llmcache.near;

import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;

/**
 * A ticker that stands still between two moments at which it is moved, so that reading it asks no clock.
 *
 * <p>It is moved when something is kept, and before what has expired is taken away, so nothing is kept for longer than with
 * an exact one. Thread-safe.
 */
final class CoarseTicker implements Ticker {

    private final Ticker exact;
    private volatile long now;

    CoarseTicker(Ticker exact) {
        this.exact = exact;
        this.now = exact.read();
    }

    @Override
    public long read() {
        return now;
    }

    /** Moves to what the time is. */
    void advance() {
        now = exact.read();
    }

    /** The system's scheduler, but that the ticker is moved before what is scheduled runs. */
    Scheduler scheduler() {
        return (executor, command, delay, unit) -> Scheduler.systemScheduler()
                .schedule(
                        executor,
                        () -> {
                            advance();
                            command.run();
                        },
                        delay,
                        unit);
    }
}
