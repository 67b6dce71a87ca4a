package io.github.llmcache.engine;

import io.github.llmcache.event.CacheOutcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A call whose caller asks the model itself: it waits for its turn, on no thread of its own. */
final class OpenCall {

    private final Turn.Rules rules;
    private final CallSteps call;
    private final CompletableFuture<PromptTurn> turn = new CompletableFuture<>();

    OpenCall(Turn.Rules rules, CallSteps call, CompletableFuture<@Nullable Object> hit) {
        this.rules = rules;
        this.call = call;
        hit.whenComplete((answer, refusal) -> {
            if (refusal != null) {
                turn.completeExceptionally(refusal);
            } else if (answer != null) {
                turn.complete(Turn.answered(rules, call, answer));
            }
        });
    }

    CompletableFuture<PromptTurn> turn() {
        return turn;
    }

    void await(Boarding boarding, Executor executor) {
        turn.whenComplete((given, failure) -> {
            if (turn.isCancelled()) {
                boarding.leave();
                call.report(CacheOutcome.ERROR);
            }
        });
        CompletableFuture<Turn> boarded = boarding.turn();
        if (boarded.isDone()) {
            boarded.whenComplete(this::boarded);
        } else {
            boarded.whenCompleteAsync(this::boarded, executor);
        }
    }

    private void boarded(@Nullable Turn given, @Nullable Throwable failure) {
        if (given == null) {
            turn.completeExceptionally(failure == null ? new IllegalStateException("No turn") : failure);
            return;
        }
        if (turn.isDone()) {
            given.passOn();
            return;
        }
        PromptTurn ready = given;
        try {
            if (given.answer() == null) {
                given.begin(false);
            }
        } catch (Throwable refusal) {
            Object old = given.failed(refusal);
            if (old == null) {
                turn.completeExceptionally(refusal);
                return;
            }
            ready = Turn.answered(rules, call, old);
        }
        if (!turn.complete(ready)) {
            given.abandoned();
        }
    }
}
