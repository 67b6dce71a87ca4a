package io.github.llmcache.reactor;

import io.github.llmcache.engine.ObservedCall;
import io.github.llmcache.engine.PromptCall;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.interceptor.CachedInvocation;
import io.github.llmcache.interceptor.ReturnStyle;
import io.github.llmcache.payload.PayloadCodec;
import io.github.llmcache.payload.PayloadCodecs;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Methods that return a {@link Flux}: each subscription is a call of its own, and its answer is the list of its elements.
 *
 * <p>On a miss the elements pass through as the method's {@code Flux} makes them, at the speed at which they are
 * requested, and are written down on their way; the answer is stored before the completion is signalled. On a hit they
 * come again as they were. An answer that fails, is cancelled or grows too large is not stored. Others who ask the same
 * meanwhile get the whole answer when the first one is done. Thread-safe.
 */
public final class FluxReturn implements ReturnStyle {

    private final PromptCallObserver observer;

    /**
     * Creates the style.
     *
     * @param observer tells callers the outcome of their calls
     */
    public FluxReturn(PromptCallObserver observer) {
        this.observer = observer;
    }

    @Override
    public @Nullable Type answerOf(Type returned) {
        Type element = Elements.of(returned, Flux.class);
        return element == null
                ? null
                : ResolvableType.forClassWithGenerics(List.class, ResolvableType.forType(element))
                        .getType();
    }

    @Override
    public PayloadCodec codecOf(Type answer, PayloadCodecs codecs) {
        Type element = ((ParameterizedType) answer).getActualTypeArguments()[0];
        return new ElementsCodec(codecs.forType(answer), codecs.forType(element));
    }

    @Override
    public Object answer(CachedInvocation invocation) {
        ObservedCall<?> observed = observer.current();
        return Flux.deferContextual(context -> {
            Flux<Object> source = source(invocation);
            PromptCall asked = invocation.call();
            SubscribedCall call =
                    SubscribedCall.open(invocation, observer, observed, context, () -> whole(source, asked)
                            .contextWrite(context)
                            .toFuture());
            return call.turn()
                    .flatMapMany(turn -> {
                        Object answer = turn.answer();
                        if (answer != null) {
                            return replay(answer);
                        }
                        return asked == null || !turn.takesAnswer()
                                ? pass(call, source)
                                : record(call, source, new Recording(asked));
                    })
                    .doFinally(call::ended);
        });
    }

    @Override
    public Object captured() {
        return Flux.empty();
    }

    /** Subscribing to it calls the method. */
    @SuppressWarnings("unchecked")
    private static Flux<Object> source(CachedInvocation invocation) {
        return Flux.defer(() -> {
            try {
                Flux<Object> source = (Flux<Object>) invocation.proceed();
                return source == null ? Flux.empty() : source;
            } catch (Throwable failure) {
                return Flux.error(failure);
            }
        });
    }

    @SuppressWarnings("unchecked")
    private static Flux<Object> replay(Object answer) {
        return Flux.fromIterable((List<Object>) answer);
    }

    private static Flux<Object> pass(SubscribedCall call, Flux<Object> source) {
        return source.doOnComplete(() -> call.loaded(null)).doOnError(call::failed);
    }

    private static Flux<Object> record(SubscribedCall call, Flux<Object> source, Recording recording) {
        return source.doOnNext(recording::add)
                .doOnComplete(() -> call.loaded(recording.answer()))
                .onErrorResume(failure -> {
                    if (recording.isStarted()) {
                        // The rest of another answer would make no sense.
                        call.brokenOff(failure);
                        return Flux.error(failure);
                    }
                    Object old = call.failed(failure);
                    return old == null ? Flux.error(failure) : replay(old);
                });
    }

    private static Mono<Object> whole(Flux<Object> source, @Nullable PromptCall asked) {
        if (asked == null) {
            return Mono.empty();
        }
        Recording recording = new Recording(asked);
        return source.doOnNext(recording::add).then(Mono.fromSupplier(recording::answer));
    }
}
