package io.github.llmcache.engine;

import io.github.llmcache.event.CacheOutcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * An asynchronous call that missed: waits for its turn and asks the model, on no thread of its own.
 *
 * <p>Used by one call only. Its result may be cancelled at any time by any thread.
 */
final class AsyncCall {

    private final CallSteps call;
    private final Boarding boarding;
    private final Load<? extends CompletionStage<?>> load;
    private final CompletableFuture<@Nullable Object> result;
    private @Nullable Turn turn;
    private @Nullable CompletionStage<?> model;
    private boolean stopped;
    private boolean expired;

    AsyncCall(
            CallSteps call,
            Boarding boarding,
            Load<? extends CompletionStage<?>> load,
            CompletableFuture<@Nullable Object> result) {
        this.call = call;
        this.boarding = boarding;
        this.load = load;
        this.result = result;
    }

    /**
     * Begins.
     *
     * @param ask calls {@link #ask} in the caller's context, where that is on another thread
     * @param threads go on where the turn comes later
     * @param patience how long to wait for the model, or null for as long as it takes
     */
    void start(Runnable ask, EngineThreads threads, @Nullable Duration patience) {
        Future<?> alarm = patience == null
                ? null
                : threads.after(patience, () -> threads.answers().execute(this::serveOld));
        result.whenComplete((answer, failure) -> {
            if (alarm != null) {
                alarm.cancel(false);
            }
            if (result.isCancelled()) {
                stop();
            }
        });
        if (boarding.turn().isDone()) {
            boarded(ask);
        } else {
            // The method may block, so it has a thread of its own; those who only take an answer need none.
            boarding.turn()
                    .whenCompleteAsync(
                            (given, failure) ->
                                    boarded(() -> threads.background().execute(ask)),
                            threads.answers());
        }
    }

    /** The wait has ended: takes the answer of another call, or goes on to ask the model. */
    private void boarded(Runnable ask) {
        Object answer;
        try {
            answer = boarding.turn().join().answer();
        } catch (CompletionException failure) {
            result.completeExceptionally(failure.getCause() == null ? failure : failure.getCause());
            return;
        }
        if (answer != null) {
            result.complete(answer);
        } else {
            ask.run();
        }
    }

    /** It is this call's turn to ask the model. */
    void ask() {
        Turn given = boarding.turn().join();
        synchronized (this) {
            if (expired || result.isDone()) {
                given.passOn();
                return;
            }
            turn = given;
        }
        CompletionStage<?> stage;
        try {
            given.begin(false);
            stage = load.get();
        } catch (Throwable failure) {
            failed(given, failure);
            return;
        }
        if (stage == null) {
            loaded(given, null);
            return;
        }
        boolean late;
        synchronized (this) {
            model = stage;
            late = result.isCancelled();
        }
        stage.whenComplete((loaded, failure) -> {
            if (failure == null) {
                loaded(given, loaded);
            } else {
                failed(given, failure);
            }
        });
        if (late) {
            stop();
        }
    }

    private void loaded(Turn turn, @Nullable Object answer) {
        try {
            // The answer is written down before its caller can change it. A model that was told to stop may have given
            // half of one.
            boolean half;
            synchronized (this) {
                half = stopped;
            }
            turn.loaded(answer, half);
        } finally {
            result.complete(answer);
        }
    }

    private void failed(Turn turn, Throwable failure) {
        Object instead = null;
        try {
            instead = turn.failed(failure);
        } finally {
            if (instead != null) {
                result.complete(instead);
            } else {
                result.completeExceptionally(failure);
            }
        }
    }

    /** The model takes too long, and an old answer is at hand. */
    private void serveOld() {
        Turn given;
        synchronized (this) {
            given = turn;
            if (result.isDone()) {
                return;
            }
            expired = given == null;
        }
        Object old = given == null ? call.takeOld() : given.detach();
        if (given == null) {
            boarding.leave();
        }
        if (old != null) {
            result.complete(old);
        }
    }

    /** The caller waits no longer: the model is told to stop, unless others wait for its answer. */
    private void stop() {
        Turn given;
        CompletionStage<?> stage;
        synchronized (this) {
            given = turn;
            stage = model;
        }
        if (given == null) {
            boarding.leave();
            call.report(CacheOutcome.ERROR);
        } else if (stage instanceof CompletableFuture<?> future && !given.isAwaited()) {
            synchronized (this) {
                stopped = true;
            }
            future.cancel(true);
        }
    }
}
