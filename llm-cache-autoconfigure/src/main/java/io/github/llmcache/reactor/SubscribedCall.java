package io.github.llmcache.reactor;

import io.github.llmcache.engine.Load;
import io.github.llmcache.engine.ObservedCall;
import io.github.llmcache.engine.PromptCall;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.engine.PromptDirectives;
import io.github.llmcache.engine.PromptTurn;
import io.github.llmcache.interceptor.CachedInvocation;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.ContextView;

/**
 * One subscription to what a cached method returned: opens the call, and ends its turn just once, whether the model or
 * the subscriber ends first.
 *
 * <p>Thread-safe.
 */
final class SubscribedCall {

    private final CompletableFuture<PromptTurn> opening;
    private final AtomicBoolean ended = new AtomicBoolean();

    private SubscribedCall(CompletableFuture<PromptTurn> opening) {
        this.opening = opening;
    }

    /**
     * Opens the call of a subscription.
     *
     * @param invocation the call of the method
     * @param observer where the call reports to
     * @param observed the observation in which the method was called, or null
     * @param context the subscription's context
     * @param refresh asks the model for the whole answer in the background
     */
    static SubscribedCall open(
            CachedInvocation invocation,
            PromptCallObserver observer,
            @Nullable ObservedCall<?> observed,
            ContextView context,
            Load<? extends CompletionStage<?>> refresh) {
        ObservedCall<?> current = observer.current();
        observer.set(observed == null ? current : observed);
        try {
            return new SubscribedCall(open(invocation, ReactorDirectives.of(context), refresh));
        } finally {
            observer.set(current);
        }
    }

    private static CompletableFuture<PromptTurn> open(
            CachedInvocation invocation, PromptDirectives directives, Load<? extends CompletionStage<?>> refresh) {
        PromptCall call = invocation.call();
        if (call != null) {
            return invocation.cache().open(call.with(directives), refresh);
        }
        try {
            return CompletableFuture.completedFuture(
                    invocation.cache().openBypass(invocation.bypass().with(directives)));
        } catch (RuntimeException refusal) {
            return CompletableFuture.failedFuture(refusal);
        }
    }

    /** The turn, or the answer in it. */
    Mono<PromptTurn> turn() {
        Mono<PromptTurn> turn = Mono.fromFuture(opening);
        // What follows may block, the method itself included; the thread that brings an answer of Redis must not.
        return opening.isDone() ? turn : turn.publishOn(Schedulers.boundedElastic());
    }

    /** The model has answered whole. */
    void loaded(@Nullable Object answer) {
        if (end()) {
            opening.join().loaded(answer);
        }
    }

    /** The model has failed; an old answer may serve instead. */
    @Nullable
    Object failed(Throwable failure) {
        return end() ? opening.join().failed(failure) : null;
    }

    /** The model has failed, too late for an old answer to serve instead. */
    void brokenOff(Throwable failure) {
        if (end()) {
            opening.join().brokenOff(failure);
        }
    }

    private boolean end() {
        return ended.compareAndSet(false, true);
    }

    /** The subscription has ended. */
    void ended(SignalType signal) {
        if (signal != SignalType.CANCEL) {
            return;
        }
        // Whoever still waits for a turn leaves the queue. Whoever has it gives it back.
        opening.cancel(true);
        if (!opening.isCompletedExceptionally() && end()) {
            opening.join().abandoned();
        }
    }
}
