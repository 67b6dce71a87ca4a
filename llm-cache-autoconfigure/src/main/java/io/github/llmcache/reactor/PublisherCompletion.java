package io.github.llmcache.reactor;

import io.github.llmcache.interceptor.ResultCompletion;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Knows when a {@code Mono} or a {@code Flux} is complete, for evictions after it. The value of a {@code Flux} is the list of
 * its elements, which is held until then.
 *
 * <p>Thread-safe.
 */
public final class PublisherCompletion implements ResultCompletion {

    /** Creates it. */
    public PublisherCompletion() {}

    @Override
    public boolean supports(Class<?> returnType) {
        return returnType == Mono.class || returnType == Flux.class;
    }

    @Override
    public Object whenSuccessful(Object result, Consumer<@Nullable Object> action) {
        return result instanceof Mono<?> mono ? after(mono, action) : after((Flux<?>) result, action);
    }

    private static <T> Mono<T> after(Mono<T> mono, Consumer<@Nullable Object> action) {
        return mono.flatMap(value -> acting(action, value).thenReturn(value))
                .switchIfEmpty(Mono.defer(() -> acting(action, null).then(Mono.empty())));
    }

    private static <T> Flux<T> after(Flux<T> flux, Consumer<@Nullable Object> action) {
        return Flux.defer(() -> {
            List<T> elements = new ArrayList<>();
            return flux.doOnNext(elements::add)
                    .concatWith(Mono.defer(() -> acting(action, elements).then(Mono.<T>empty())));
        });
    }

    /** The action may block, and the publisher's thread may be one that must not. */
    private static Mono<Void> acting(Consumer<@Nullable Object> action, @Nullable Object value) {
        return Mono.<Void>fromRunnable(() -> action.accept(value)).subscribeOn(Schedulers.boundedElastic());
    }
}
