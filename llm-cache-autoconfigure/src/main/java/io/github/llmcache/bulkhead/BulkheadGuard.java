package io.github.llmcache.bulkhead;

import io.github.llmcache.engine.LoadGuard;
import io.github.llmcache.engine.LoadRequest;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets so many calls ask the model at a time in this JVM, and no more.
 *
 * <p>A call that may block waits for its turn on its own thread, in the order of coming; any other one is refused at once
 * where there is no turn or others wait. Thread-safe.
 */
public final class BulkheadGuard implements LoadGuard {

    private final int limit;
    private final long maxWaitNanos;
    private final Semaphore turns;

    /**
     * Creates the guard.
     *
     * @param limit how many calls of the model there may be at a time, at least 1
     * @param maxWait how long a call that may block waits for its turn, not negative
     * @throws IllegalArgumentException if the limit is below 1 or the wait is negative
     */
    public BulkheadGuard(int limit, Duration maxWait) {
        if (limit < 1) {
            throw new IllegalArgumentException("A limit on concurrent calls is at least 1, not " + limit);
        }
        if (maxWait.isNegative()) {
            throw new IllegalArgumentException("A wait is not negative, not " + maxWait);
        }
        this.limit = limit;
        this.maxWaitNanos = TimeUnit.NANOSECONDS.convert(maxWait);
        this.turns = new Semaphore(limit, true);
    }

    @Override
    public Permit ask(LoadRequest request) {
        try {
            // With a wait of nothing too those go first that wait already.
            if (!turns.tryAcquire(request.mayBlock() ? maxWaitNanos : 0, TimeUnit.NANOSECONDS)) {
                throw new TooManyLoadsException(limit, null);
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new TooManyLoadsException(limit, ex);
        }
        AtomicBoolean ended = new AtomicBoolean();
        return () -> {
            if (ended.compareAndSet(false, true)) {
                turns.release();
            }
        };
    }

    /** How many more calls may ask the model at this moment. */
    public int available() {
        return turns.availablePermits();
    }
}
