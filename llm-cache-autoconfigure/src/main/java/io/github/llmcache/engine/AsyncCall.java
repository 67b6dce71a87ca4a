package io.github.llmcache.engine;

import io.github.llmcache.event.CacheOutcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
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
     * @param ask asks the model in the caller's context, where that is on another thread
     * @param executor goes on where the turn comes later
     */
    void start(Runnable ask, Executor executor, @Nullable Duration patience) {
        result.whenComplete((answer, failure) -> {
            if (result.isCancelled()) {
                stop();
            }
        });
        if (patience != null) {
            CompletableFuture.delayedExecutor(patience.toNanos(), TimeUnit.NANOSECONDS, executor)
                    .execute(this::serveOld);
        }
        if (boarding.turn().isDone()) {
            ask.run();
        } else {
            boarding.turn().whenCompleteAsync((given, failure) -> ask.run(), executor);
        }
    }

    /** The turn has come: takes the answer of another call, or asks the model. */
    void ask() {
        Turn given;
        try {
            given = boarding.turn().join();
        } catch (CompletionException failure) {
            result.completeExceptionally(failure.getCause() == null ? failure : failure.getCause());
            return;
        }
        Object answer = given.answer();
        if (answer != null) {
            result.complete(answer);
            return;
        }
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
        Object old = given == null ? call.openOld() : given.detach();
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
