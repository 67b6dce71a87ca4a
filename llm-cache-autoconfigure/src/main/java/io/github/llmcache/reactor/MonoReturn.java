package io.github.llmcache.reactor;

import io.github.llmcache.engine.ObservedCall;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.interceptor.CachedInvocation;
import io.github.llmcache.interceptor.ReturnStyle;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Methods that return a {@link Mono}: each subscription is a call of its own.
 *
 * <p>What is asked is read when the method is called. The cache is asked when the {@code Mono} is subscribed to, and the
 * method itself is called only then, and only on a miss. A {@code Mono} that ends without a value is not stored.
 * Thread-safe.
 */
public final class MonoReturn implements ReturnStyle {

    private final PromptCallObserver observer;

    /**
     * Creates the style.
     *
     * @param observer tells callers the outcome of their calls
     */
    public MonoReturn(PromptCallObserver observer) {
        this.observer = observer;
    }

    @Override
    public @Nullable Type answerOf(Type returned) {
        return Elements.of(returned, Mono.class);
    }

    @Override
    public Object answer(CachedInvocation invocation) {
        ObservedCall<?> observed = observer.current();
        return Mono.deferContextual(context -> {
            Mono<Object> source = source(invocation);
            SubscribedCall call =
                    SubscribedCall.open(invocation, observer, observed, context, () -> source.contextWrite(context)
                            .toFuture());
            return call.turn()
                    .flatMap(turn -> {
                        Object answer = turn.answer();
                        return answer == null ? load(call, source) : Mono.just(answer);
                    })
                    .doFinally(call::ended);
        });
    }

    @Override
    public Object captured() {
        return Mono.empty();
    }

    /** Subscribing to it calls the method. */
    @SuppressWarnings("unchecked")
    private static Mono<Object> source(CachedInvocation invocation) {
        return Mono.defer(() -> {
            try {
                Mono<Object> source = (Mono<Object>) invocation.proceed();
                return source == null ? Mono.empty() : source;
            } catch (Throwable failure) {
                return Mono.error(failure);
            }
        });
    }

    private static Mono<Object> load(SubscribedCall call, Mono<Object> source) {
        return source.doOnSuccess(call::loaded).onErrorResume(failure -> {
            Object old = call.failed(failure);
            return old == null ? Mono.error(failure) : Mono.just(old);
        });
    }
}
