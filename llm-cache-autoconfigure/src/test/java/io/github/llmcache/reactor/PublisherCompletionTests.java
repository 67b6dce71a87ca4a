package io.github.llmcache.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.interceptor.CompletionAction;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class PublisherCompletionTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<@Nullable Object> done = new ArrayList<>();
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private final PublisherCompletion completion = new PublisherCompletion(waiting::add);

    private CompletionAction action(boolean needsValue) {
        return new CompletionAction() {
            @Override
            public boolean needsValue() {
                return needsValue;
            }

            @Override
            public void run(@Nullable Object value) {
                done.add(value);
            }

            @Override
            public CompletionAction begun() {
                return this;
            }
        };
    }

    private Mono<?> mono(PublisherCompletion completion, Mono<?> result) {
        return (Mono<?>) completion.whenSuccessful(result, action(true));
    }

    private Flux<?> flux(PublisherCompletion completion, Flux<?> result, boolean needsValue) {
        return (Flux<?>) completion.whenSuccessful(result, action(needsValue));
    }

    private void runAll() {
        while (!waiting.isEmpty()) {
            waiting.remove().run();
        }
    }

    @Test
    void a_subscriber_that_leaves_before_the_action_has_run_does_not_keep_it_from_running() {
        List<Disposable> subscriptions = List.of(
                mono(completion, Mono.just("value")).subscribe(),
                mono(completion, Mono.empty()).subscribe(),
                flux(completion, Flux.just(1, 2), true).subscribe());

        subscriptions.forEach(Disposable::dispose);
        runAll();

        assertThat(done).containsExactly("value", null, List.of(1, 2));
    }

    @Test
    void a_subscriber_is_told_of_the_end_after_the_action_has_run() {
        List<Object> received = new ArrayList<>();
        mono(completion, Mono.just("value")).subscribe(received::add);
        assertThat(received).isEmpty();

        runAll();

        assertThat(received).containsExactly("value");
        assertThat(done).containsExactly("value");
    }

    @Test
    void where_no_thread_takes_the_action_it_runs_at_once_and_the_method_does_not_fail() {
        PublisherCompletion full = new PublisherCompletion(task -> {
            throw new RejectedExecutionException("full");
        });

        assertThat(mono(full, Mono.just("value")).block(PATIENCE)).isEqualTo("value");
        assertThat(flux(full, Flux.just(1, 2), true).collectList().block(PATIENCE))
                .isEqualTo(List.of(1, 2));
        assertThat(done).containsExactly("value", List.of(1, 2));
    }

    @Test
    void elements_that_nobody_asks_for_are_not_held() {
        flux(completion, Flux.just(1, 2), false).subscribe();
        flux(completion, Flux.just(1, 2).concatWith(Mono.never()), false)
                .subscribe()
                .dispose();
        runAll();

        assertThat(done).containsExactly(List.of(), List.of());
    }

    @Test
    void a_failure_runs_nothing() {
        mono(completion, Mono.error(new IllegalStateException("no")))
                .onErrorComplete()
                .subscribe();
        flux(completion, Flux.error(new IllegalStateException("no")), true)
                .onErrorComplete()
                .subscribe();

        assertThat(waiting).isEmpty();
    }
}
