package io.github.llmcache.reactor;

import static io.github.llmcache.event.CacheOutcome.BYPASS;
import static io.github.llmcache.event.CacheOutcome.ERROR;
import static io.github.llmcache.event.CacheOutcome.HIT;
import static io.github.llmcache.event.CacheOutcome.MISS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.annotation.Prompt;
import io.github.llmcache.autoconfigure.reactor.LlmCacheReactorAutoConfiguration;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.RecordingListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** What a method that returns a {@code Mono} may rely on, against a real Redis. */
class CachedMonoTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final RealRedis redis = RealRedis.shared();
    private final ApplicationContextRunner application = CacheApplication.on(redis)
            .withConfiguration(AutoConfigurations.of(LlmCacheReactorAutoConfiguration.class))
            .withBean(Oracle.class)
            .withBean(RecordingListener.class)
            .withPropertyValues("llm-cache.default-model=demo");

    record Place(String name, List<String> sights) {}

    static class Oracle {

        private final AtomicInteger calls = new AtomicInteger();
        private Mono<?> source = Mono.empty();

        /** How often the model was asked. */
        public int calls() {
            return calls.get();
        }

        public void answers(Mono<?> next) {
            source = next;
        }

        @CachedPrompt
        public Mono<String> ask(String prompt) {
            return said();
        }

        @CachedPrompt
        public Mono<Place> place(String prompt) {
            return said();
        }

        @CachedPrompt(scope = "#user")
        public Mono<String> askAs(@Nullable String user, @Prompt String prompt) {
            return said();
        }

        @SuppressWarnings("unchecked")
        private <T> Mono<T> said() {
            calls.incrementAndGet();
            return (Mono<T>) source;
        }
    }

    private interface Scene {
        void run(Oracle oracle, RecordingListener heard);
    }

    private void run(Scene scene) {
        application.run(context -> scene.run(context.getBean(Oracle.class), context.getBean(RecordingListener.class)));
    }

    private void awaitStored() {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(redis.answers()).hasSize(1));
    }

    @Test
    void the_method_is_called_on_a_miss_only_and_not_before_the_subscription() {
        run((oracle, heard) -> {
            oracle.answers(Mono.just("42"));
            Mono<String> asked = oracle.ask("a question");
            assertThat(oracle.calls()).isZero();

            assertThat(asked.block(PATIENCE)).isEqualTo("42");
            awaitStored();
            assertThat(asked.block(PATIENCE)).isEqualTo("42");
            assertThat(oracle.ask(" A  question").block(PATIENCE)).isEqualTo("42");

            assertThat(oracle.calls()).isEqualTo(1);
            assertThat(heard.outcomes()).containsExactly(MISS, HIT, HIT);
        });
    }

    @Test
    void a_record_comes_back_as_a_record() {
        run((oracle, heard) -> {
            Place rome = new Place("Rome", List.of("the river"));
            oracle.answers(Mono.just(rome));

            oracle.place("where").block(PATIENCE);
            awaitStored();

            assertThat(oracle.place("where").block(PATIENCE)).isEqualTo(rome);
            assertThat(oracle.calls()).isEqualTo(1);
        });
    }

    @Test
    void an_empty_one_stays_empty_and_is_not_stored() {
        run((oracle, heard) -> {
            assertThat(oracle.ask("a question").blockOptional(PATIENCE)).isEmpty();
            oracle.answers(Mono.just("42"));
            assertThat(oracle.ask("a question").block(PATIENCE)).isEqualTo("42");

            assertThat(heard.outcomes()).containsExactly(MISS, MISS);
        });
    }

    @Test
    void a_failure_is_passed_on_as_it_is_and_not_stored() {
        run((oracle, heard) -> {
            IllegalStateException failure = new IllegalStateException("the model");
            oracle.answers(Mono.error(failure));

            StepVerifier.create(oracle.ask("a question"))
                    .expectErrorMatches(ex -> ex == failure)
                    .verify(PATIENCE);
            oracle.answers(Mono.just("42"));

            assertThat(oracle.ask("a question").block(PATIENCE)).isEqualTo("42");
            assertThat(heard.outcomes()).containsExactly(ERROR, MISS);
        });
    }

    @Test
    void who_cancels_cancels_the_model_and_nothing_is_stored() {
        run((oracle, heard) -> {
            TestPublisher<String> model = TestPublisher.create();
            oracle.answers(model.mono());

            StepVerifier.create(oracle.ask("a question"))
                    .then(() -> await().until(model::wasSubscribed))
                    .thenCancel()
                    .verify(PATIENCE);
            model.assertCancelled();
            oracle.answers(Mono.just("42"));

            assertThat(oracle.ask("a question").block(PATIENCE)).isEqualTo("42");
            assertThat(oracle.calls()).isEqualTo(2);
        });
    }

    @Test
    void a_call_that_passes_the_cache_by_says_so() {
        run((oracle, heard) -> {
            oracle.answers(Mono.just("42"));

            assertThat(oracle.askAs(" ", "a question").block(PATIENCE)).isEqualTo("42");
            assertThat(oracle.askAs(" ", "a question").block(PATIENCE)).isEqualTo("42");

            assertThat(oracle.calls()).isEqualTo(2);
            assertThat(heard.outcomes()).containsExactly(BYPASS, BYPASS);
        });
    }

    @Test
    void the_context_of_the_subscriber_reaches_the_model() {
        run((oracle, heard) -> {
            oracle.answers(Mono.deferContextual(context -> Mono.just(context.<String>get("user"))));

            assertThat(oracle.ask("a question")
                            .contextWrite(context -> context.put("user", "ada"))
                            .block(PATIENCE))
                    .isEqualTo("ada");
        });
    }
}
