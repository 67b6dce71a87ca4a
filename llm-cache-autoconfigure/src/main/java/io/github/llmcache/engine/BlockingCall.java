package io.github.llmcache.engine;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A blocking call that missed: waits for its turn and asks the model on its caller's thread.
 *
 * @param rules what all turns have in common
 * @param call the call
 * @param load asks the model
 */
record BlockingCall(Turn.Rules rules, CallSteps call, Load<?> load) {

    /** Waits for the turn, or for the answer of another call's, and asks the model. */
    @Nullable
    Object answer(Boarding boarding, StaleRefresher refresher) throws Throwable {
        Duration patience = call.patience();
        long deadline = patience == null ? 0 : System.nanoTime() + patience.toNanos();
        Turn turn;
        try {
            turn = patience == null
                    ? boarding.turn().get()
                    : boarding.turn().get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException failure) {
            throw failure.getCause() == null ? failure : failure.getCause();
        } catch (TimeoutException ex) {
            boarding.leave();
            return call.takeOld();
        } catch (InterruptedException ex) {
            // The caller's own method knows best what to do when it is interrupted.
            boarding.leave();
            Thread.currentThread().interrupt();
            return ask(new Turn(rules, call, null, null));
        }
        Object answer = turn.answer();
        if (answer != null) {
            return answer;
        }
        return patience == null ? ask(turn) : askWithin(deadline - System.nanoTime(), turn, refresher);
    }

    /** Asks the model on this thread. */
    @Nullable
    Object ask(Turn turn) throws Throwable {
        Object answer;
        try {
            turn.begin(true);
            answer = load.get();
        } catch (Throwable failure) {
            Object instead = turn.failed(failure);
            if (instead != null) {
                return instead;
            }
            throw failure;
        }
        turn.loaded(answer, Thread.currentThread().isInterrupted());
        return answer;
    }

    /** Asks the model on another thread, and takes the old answer if it takes too long. */
    private @Nullable Object askWithin(long nanos, Turn turn, StaleRefresher refresher) throws Throwable {
        CompletableFuture<@Nullable Object> result = new CompletableFuture<>();
        boolean runs = refresher.runWithin(() -> {
            try {
                result.complete(ask(turn));
            } catch (Throwable failure) {
                result.completeExceptionally(failure);
            }
        });
        if (!runs) {
            turn.passOn();
            return call.takeOld();
        }
        boolean interrupted = false;
        try {
            return result.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
        } catch (ExecutionException failure) {
            throw failure.getCause() == null ? failure : failure.getCause();
        } catch (TimeoutException ex) {
            // The model goes on, and its answer is stored when it comes.
        } catch (InterruptedException ex) {
            interrupted = true;
        }
        try {
            Object old = turn.detach();
            return old != null ? old : ended(result);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static @Nullable Object ended(CompletableFuture<@Nullable Object> result) throws Throwable {
        try {
            return result.get();
        } catch (ExecutionException failure) {
            throw failure.getCause() == null ? failure : failure.getCause();
        }
    }
}
