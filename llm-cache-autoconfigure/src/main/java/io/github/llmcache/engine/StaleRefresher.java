package io.github.llmcache.engine;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Asks the model in the background, for callers that had an old answer at hand: once in this JVM and once in the fleet, on
 * an executor, in the context of the caller that found the answer stale.
 *
 * <p>Thread-safe. Never throws, and never blocks.
 */
final class StaleRefresher {

    private final Turns turns;
    private final SingleFlight flights;
    private final Executor executor;
    private final Semaphore free;
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
                return;
            }
            given.set(turn);
            try {
                executor.execute(task);
            } catch (RejectedExecutionException ex) {
                free.release();
                turn.abandoned();
            }
        });
    }

    /** Runs a task for a caller that waits for it no longer than it likes; false if too many others run. */
    boolean runInstead(Runnable task) {
        if (!free.tryAcquire()) {
            return false;
        }
        Runnable captured = captured(task);
        try {
            executor.execute(() -> {
                try {
                    captured.run();
                } finally {
                    free.release();
                }
            });
            return true;
        } catch (RejectedExecutionException ex) {
            free.release();
            return false;
        }
    }

    Runnable captured(Runnable task) {
        try {
            return context.capture(task);
        } catch (RuntimeException | LinkageError ex) {
            // A context that can't be carried is no reason to fail the call that has its answer.
            return task;
        }
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
            stage.whenComplete((answer, failure) -> ended(() -> {
                if (failure == null) {
                    turn.loaded(answer);
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
