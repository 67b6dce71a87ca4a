package io.github.llmcache.reactor;

import io.github.llmcache.interceptor.AfterCommit;
import io.github.llmcache.interceptor.CompletionAction;
import io.github.llmcache.interceptor.ResultCompletion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Knows when a {@code Mono} or a {@code Flux} is complete, for evictions after it: once in each subscription.
 *
 * <p>A subscription that is cancelled counts as complete, since the method's work may have been done, or a part of it; one
 * that fails does not. Where the subscription has a transaction in its context, its commit is waited for. The value of a
 * {@code Flux} is the list of the elements that have passed, which are held only where the action needs them; that of a
 * {@code Mono} that is cancelled before it has one is null. Thread-safe.
 */
public final class PublisherCompletion implements ResultCompletion {

    private final Executor executor;

    /** Creates it; actions run on {@code boundedElastic}, since a publisher's thread may be one that must not block. */
    public PublisherCompletion() {
        this(task -> Schedulers.boundedElastic().schedule(task));
    }

    PublisherCompletion(Executor executor) {
        this.executor = executor;
    }

    @Override
    public boolean supports(Class<?> returnType) {
        return returnType == Mono.class || returnType == Flux.class;
    }

    @Override
    public Object whenSuccessful(Object result, CompletionAction action) {
        return result instanceof Mono<?> mono ? after(mono, action) : after((Flux<?>) result, action);
    }

    private <T> Mono<T> after(Mono<T> mono, CompletionAction action) {
        return SubscriptionCommit.find(this::started).flatMap(commit -> {
            Ending ending = new Ending(action.begun(), commit);
            return mono.flatMap(value -> ending.reached(value).thenReturn(value))
                    .switchIfEmpty(Mono.defer(() -> ending.reached(null).then(Mono.empty())))
                    .doOnCancel(() -> ending.reached(null));
        });
    }

    private <T> Flux<T> after(Flux<T> flux, CompletionAction action) {
        return SubscriptionCommit.find(this::started).flatMapMany(commit -> {
            Ending ending = new Ending(action.begun(), commit);
            List<T> elements = Collections.synchronizedList(new ArrayList<>());
            return (action.needsValue() ? flux.doOnNext(elements::add) : flux)
                    .concatWith(Mono.defer(
                            () -> ending.reached(List.copyOf(elements)).then(Mono.empty())))
                    .doOnCancel(() -> ending.reached(List.copyOf(elements)));
        });
    }

    /** Runs what may block, to its end, even if nobody waits for it any more. */
    private Mono<Void> started(Runnable task) {
        try {
            return Mono.fromFuture(CompletableFuture.runAsync(task, executor), true);
        } catch (RejectedExecutionException ex) {
            // Too much to do, or the application ends: the method has succeeded all the same.
            task.run();
            return Mono.empty();
        }
    }

    /** The end of one subscription, which comes once. */
    private final class Ending {

        private final AtomicBoolean reached = new AtomicBoolean();
        private final CompletionAction action;
        private final AfterCommit commit;

        Ending(CompletionAction action, AfterCommit commit) {
            this.action = action;
            this.commit = commit;
        }

        /** Starts the action at once, not when what is returned is subscribed to. */
        Mono<Void> reached(@Nullable Object value) {
            return reached.compareAndSet(false, true)
                    ? started(() -> commit.run(() -> action.run(value)))
                    : Mono.empty();
        }
    }
}
