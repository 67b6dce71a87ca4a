package io.github.llmcache.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The wait of a call for its turn, or for the answer of another one's.
 *
 * <p>Thread-safe.
 */
final class Boarding {

    private final CompletableFuture<Turn> turn = new CompletableFuture<>();
    private @Nullable Future<?> waitingFor;
    private boolean left;

    /** Completes with the turn, or exceptionally with what the model threw that another call asked. */
    CompletableFuture<Turn> turn() {
        return turn;
    }

    /** The caller waits no longer: a turn that comes all the same goes to another one. */
    void leave() {
        Future<?> pending;
        synchronized (this) {
            left = true;
            pending = waitingFor;
        }
        if (pending != null) {
            pending.cancel(false);
        }
        turn.thenAccept(Turn::passOn);
    }

    synchronized boolean hasLeft() {
        return left;
    }

    /** What is waited for at the moment; cancelled when the caller leaves. */
    void waitFor(Future<?> pending) {
        boolean late;
        synchronized (this) {
            waitingFor = pending;
            late = left;
        }
        if (late) {
            pending.cancel(false);
        }
    }
}
