package io.github.llmcache.redis;

import io.github.llmcache.key.PromptKey;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierLookup;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lets equal look-ups share a round trip where many are under way, such as those of all who ask the same at once: hundreds
 * of commands of one JVM, in one that has just started above all, could take longer than the timeout.
 *
 * <p>A look-up is answered by one that was sent after it came, never by one under way, so that it finds nothing that was
 * evicted before it came. Those who come while an equal one is under way wait for its end, and share the next one; where it
 * was not answered in time they share that failure instead of waiting for another. Thread-safe.
 */
final class SharedLookups {

    /** As long as no more are under way, each has a round trip of its own and waits for no other. */
    static final int FEW = 16;

    private static final Line NOBODY_WAITS = new Line(null);

    private final Function<PromptKey, TierLookup> lookup;
    private final Function<PromptKey, CompletionStage<TierLookup>> lookupLater;
    private final Executor threads;
    private final long timeoutNanos;
    private final AtomicInteger underWay = new AtomicInteger();
    private final ConcurrentMap<PromptKey, Line> lines = new ConcurrentHashMap<>();

    /**
     * Creates shared look-ups.
     *
     * @param lookup looks up on the caller's thread
     * @param lookupLater looks up without blocking
     * @param threads go on with look-ups for those who wait
     * @param timeout how long one look-up takes at most
     */
    SharedLookups(
            Function<PromptKey, TierLookup> lookup,
            Function<PromptKey, CompletionStage<TierLookup>> lookupLater,
            Executor threads,
            Duration timeout) {
        this.lookup = lookup;
        this.lookupLater = lookupLater;
        this.threads = threads;
        this.timeoutNanos = timeout.toNanos();
    }

    /** Looks up; blocks no longer than the timeout, or than twice as long where the server answers one and then no more. */
    TierLookup lookup(PromptKey key) {
        try {
            return underWay.incrementAndGet() <= FEW ? lookup.apply(key) : inLine(key);
        } finally {
            underWay.decrementAndGet();
        }
    }

    /** Of how many keys a look-up is under way on whose end others may wait. */
    int shared() {
        return lines.size();
    }

    private TierLookup inLine(PromptKey key) {
        Line line = lines.compute(
                key,
                (same, current) -> current == null
                        ? NOBODY_WAITS
                        : current.next == null ? new Line(new CompletableFuture<>()) : current);
        if (line.next != null) {
            return await(line.next);
        }
        TierLookup found = null;
        try {
            found = lookup.apply(key);
            return found;
        } finally {
            goOn(key, found);
        }
    }

    private TierLookup await(CompletableFuture<TierLookup> shared) {
        try {
            return shared.get(2 * timeoutNanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            return new TierLookup.Failure(FailureKind.INTERRUPTED);
        } catch (TimeoutException ex) {
            return new TierLookup.Failure(FailureKind.TIMEOUT);
        } catch (ExecutionException ex) {
            return new TierLookup.Failure(FailureKind.OTHER);
        }
    }

    /** The look-up under way has ended: those who wait for the next one, to whom nobody is added from now on; or null. */
    private @Nullable CompletableFuture<TierLookup> ended(PromptKey key) {
        while (true) {
            Line line = lines.get(key);
            if (line == null || line.next == null) {
                if (line == null || lines.remove(key, line)) {
                    return null;
                }
            } else if (lines.replace(key, line, NOBODY_WAITS)) {
                return line.next;
            }
        }
    }

    /** A look-up has ended: one is sent for those who wait, which goes on with those who come meanwhile. */
    private void goOn(PromptKey key, @Nullable TierLookup before) {
        CompletableFuture<TierLookup> waiting = ended(key);
        if (waiting == null) {
            return;
        }
        if (before instanceof TierLookup.Failure failure && isSlow(failure)) {
            waiting.complete(failure);
            waiting = ended(key);
            if (waiting == null) {
                return;
            }
        }
        CompletableFuture<TierLookup> served = waiting;
        // Never on the thread of a caller, who has its own answer by now.
        send(key)
                .whenCompleteAsync(
                        (found, failure) -> {
                            try {
                                // The next one is sent before so many are woken.
                                goOn(key, found);
                            } finally {
                                tell(served, found);
                            }
                        },
                        threads);
    }

    /** Always ends, so that nobody waits for ever behind it. */
    private CompletableFuture<TierLookup> send(PromptKey key) {
        try {
            return lookupLater
                    .apply(key)
                    .toCompletableFuture()
                    .copy()
                    .orTimeout(2 * timeoutNanos, TimeUnit.NANOSECONDS);
        } catch (Throwable ex) {
            return CompletableFuture.failedFuture(ex);
        }
    }

    /** Whether the next look-up would be waited for as long, and in vain. */
    private static boolean isSlow(TierLookup.Failure failure) {
        return failure.kind() == FailureKind.TIMEOUT || failure.kind() == FailureKind.CONNECTING;
    }

    private static void tell(CompletableFuture<TierLookup> waiting, @Nullable TierLookup found) {
        waiting.complete(found == null ? new TierLookup.Failure(FailureKind.OTHER) : found);
    }

    /**
     * The look-up of a key that is under way.
     *
     * @param next completes with the one that comes after it, or null if nobody waits for one
     */
    private record Line(@Nullable CompletableFuture<TierLookup> next) {}
}
