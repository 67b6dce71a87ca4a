package io.github.llmcache.engine;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Asks the model in the background, for callers that had an old answer at hand: once in this JVM and once in the fleet, on
 * an executor, in the context of the caller that found the answer stale.
 *
 * <p>Thread-safe. Never throws, and never blocks.
 */
final class StaleRefresher {

    /** How many calls that a caller waits for no longer than it likes may run at a time: a thread for each. */
    private static final int TIMED_LOADS = 64;

    private final Turns turns;
    private final SingleFlight flights;
    private final Executor executor;
    private final Semaphore free;
    private final Semaphore timed = new Semaphore(TIMED_LOADS);
    private final LoadContext context;

    StaleRefresher(Turns turns, SingleFlight flights, Executor executor, int maxConcurrent, LoadContext context) {
        this.turns = turns;
        this.flights = flights;
        this.executor = executor;
        this.free = new Semaphore(maxConcurrent);
        this.context = context;
    }

    /** Refreshes an answer, unless that is under way already or too many others are. */
    void refresh(CallSteps call, Load<? extends CompletionStage<?>> load) {
        Flight.Seat seat = flights.joinFirst(call.key());
        if (seat == null) {
            return;
        }
        if (!free.tryAcquire()) {
            seat.handOver(null);
            return;
        }
        AtomicReference<@Nullable Turn> given = new AtomicReference<>();
        Runnable task = captured(() -> load(given.get(), load));
        turns.refresh(call, seat).whenComplete((turn, failure) -> {
            if (turn == null) {
                free.release();
                if (failure != null) {
                    seat.handOver(null);
                }
                return;
            }
            given.set(turn);
            executor.execute(task);
        });
    }

    /** Runs a task for a caller that waits for it no longer than it likes; false if too many others run. */
    boolean runWithin(Runnable task) {
        if (!timed.tryAcquire()) {
            return false;
        }
        Runnable captured = captured(task);
        executor.execute(() -> {
            try {
                captured.run();
            } finally {
                timed.release();
            }
        });
        return true;
    }

    /** A task in this thread's context; a context that can't be carried is no reason that the task does not run. */
    Runnable captured(Runnable task) {
        AtomicBoolean begun = new AtomicBoolean();
        Runnable inContext;
        try {
            inContext = context.capture(() -> {
                begun.set(true);
                task.run();
            });
        } catch (RuntimeException | LinkageError ex) {
            return task;
        }
        return () -> {
            try {
                inContext.run();
            } catch (RuntimeException | LinkageError ex) {
                if (begun.get()) {
                    throw ex;
                }
                task.run();
            }
        };
    }

    private void load(@Nullable Turn turn, Load<? extends CompletionStage<?>> load) {
        if (turn == null) {
            return;
        }
        try {
            turn.begin(true);
            CompletionStage<?> stage = load.get();
            if (stage == null) {
                ended(() -> turn.loaded(null));
                return;
            }
            // An application that ends interrupts what runs here, and may be given half an answer for it.
            boolean half = Thread.currentThread().isInterrupted();
            stage.whenComplete((answer, failure) -> ended(() -> {
                if (failure == null) {
                    turn.loaded(answer, half);
                } else {
                    turn.failed(failure);
                }
            }));
        } catch (Throwable failure) {
            ended(() -> turn.failed(failure));
        }
    }

    private void ended(Runnable end) {
        try {
            end.run();
        } finally {
            free.release();
        }
    }
}
