package io.github.llmcache.reactor;

import static io.github.llmcache.event.CacheOutcome.BYPASS;
import static io.github.llmcache.event.CacheOutcome.COALESCED;
import static io.github.llmcache.event.CacheOutcome.ERROR;
import static io.github.llmcache.event.CacheOutcome.HIT;
import static io.github.llmcache.event.CacheOutcome.MISS;
import static io.github.llmcache.event.CacheOutcome.STALE;
import static io.github.llmcache.event.CacheOutcome.STALE_IF_ERROR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.annotation.Prompt;
import io.github.llmcache.autoconfigure.reactor.LlmCacheReactorAutoConfiguration;
import io.github.llmcache.engine.ObservedCall;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.engine.PromptDirectives;
import io.github.llmcache.engine.PromptNotCachedException;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.RejectionReason;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.RecordingListener;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** What a method that streams its answer may rely on, against a real Redis. */
class CachedFluxTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final RealRedis redis = RealRedis.shared();
    private final ApplicationContextRunner application = CacheApplication.on(redis)
            .withConfiguration(AutoConfigurations.of(LlmCacheReactorAutoConfiguration.class))
            .withBean(Storyteller.class)
            .withBean(RecordingListener.class)
            .withPropertyValues("llm-cache.default-model=demo");

    record Word(String text, List<Integer> syllables) {}

    static class Draft {
        public @Nullable String text;
    }

    static class Sketch {

        private Supplier<String> said;

        Sketch() {
            this(() -> "");
        }

        Sketch(Supplier<String> said) {
            this.said = said;
        }

        public String getText() {
            return said.get();
        }

        public void setText(String text) {
            said = () -> text;
        }
    }

    static class Storyteller {

        private final AtomicInteger calls = new AtomicInteger();
        private Flux<?> source = Flux.empty();

        /** How often the model was asked. */
        public int calls() {
            return calls.get();
        }

        public void answers(Flux<?> next) {
            source = next;
        }

        @CachedPrompt
        public Flux<String> tell(String prompt) {
            return said();
        }

        @CachedPrompt
        public Flux<Word> words(String prompt) {
            return said();
        }

        @CachedPrompt
        public Flux<Draft> drafts(String prompt) {
            return said();
        }

        @CachedPrompt
        public Flux<Sketch> sketches(String prompt) {
            return said();
        }

        @CachedPrompt(scope = "#user")
        public Flux<String> tellTo(@Nullable String user, @Prompt String prompt) {
            return said();
        }

        @CachedPrompt
        public Flux<String> tellOrThrow(String prompt) throws Exception {
            calls.incrementAndGet();
            throw new IOException("no story");
        }

        @SuppressWarnings("unchecked")
        private <T> Flux<T> said() {
            calls.incrementAndGet();
            return (Flux<T>) source;
        }
    }

    private void run(Scene test) {
        application.run(context -> test.run(
                context.getBean(Storyteller.class),
                context.getBean(RecordingListener.class),
                context.getBean(PromptCallObserver.class)));
    }

    private interface Scene {
        void run(Storyteller teller, RecordingListener heard, PromptCallObserver observer) throws Exception;
    }

    private void awaitStored(int entries) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(redis.answers()).hasSize(entries));
    }

    private static List<String> ask(Storyteller teller) {
        return list(teller.tell("a story"));
    }

    private static <T> List<T> list(Flux<T> flux) {
        List<T> all = flux.collectList().block(PATIENCE);
        assertThat(all).isNotNull();
        return all == null ? List.of() : all;
    }

    private static void awaitOutcomes(RecordingListener heard, CacheOutcome... outcomes) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(heard.outcomes()).containsExactly(outcomes));
    }

    @Test
    void a_miss_passes_through_as_it_comes_and_a_hit_brings_the_same_pieces_again() {
        run((teller, heard, observer) -> {
            TestPublisher<String> model = TestPublisher.create();
            teller.answers(model.flux());

            StepVerifier.create(teller.tell("a story"))
                    .then(() -> await().until(model::wasSubscribed))
                    .then(() -> model.next("Once "))
                    .expectNext("Once ")
                    .then(() -> model.next(" "))
                    .expectNext(" ")
                    .then(() -> model.next("upon"))
                    .expectNext("upon")
                    .then(model::complete)
                    .expectComplete()
                    .verify(PATIENCE);
            awaitStored(1);
            List<String> again = list(teller.tell("  A  STORY "));

            assertThat(again).containsExactly("Once ", " ", "upon");
            assertThat(teller.calls()).isEqualTo(1);
            awaitOutcomes(heard, MISS, HIT);
        });
    }

    @Test
    void nothing_happens_before_the_subscription_and_each_one_is_a_call_of_its_own() {
        run((teller, heard, observer) -> {
            teller.answers(Flux.just("one", "two"));

            Flux<String> told = teller.tell("a story");
            assertThat(teller.calls()).isZero();
            list(told);
            awaitStored(1);
            redis.commands().flushall();
            list(told);

            assertThat(teller.calls()).isEqualTo(2);
            awaitOutcomes(heard, MISS, MISS);
        });
    }

    @Test
    void the_request_of_the_subscriber_reaches_the_model() {
        run((teller, heard, observer) -> {
            TestPublisher<String> model = TestPublisher.create();
            teller.answers(model.flux());

            StepVerifier.create(teller.tell("a story"), 1)
                    .then(() -> await().until(model::wasRequested))
                    .then(() -> model.assertMaxRequested(1))
                    .then(() -> model.next("Once"))
                    .expectNext("Once")
                    .thenRequest(2)
                    .then(() -> await().untilAsserted(() -> model.assertMaxRequested(2)))
                    .then(() -> model.next("upon").next("a"))
                    .expectNext("upon", "a")
                    .then(model::complete)
                    .expectComplete()
                    .verify(PATIENCE);
            awaitStored(1);

            StepVerifier.create(teller.tell("a story"), 1)
                    .expectNext("Once")
                    .thenRequest(1)
                    .expectNext("upon")
                    .thenRequest(1)
                    .expectNext("a")
                    .expectComplete()
                    .verify(PATIENCE);
        });
    }

    @Test
    void half_an_answer_that_ends_in_an_error_is_passed_on_and_not_stored() {
        run((teller, heard, observer) -> {
            IllegalStateException failure = new IllegalStateException("the model");
            teller.answers(Flux.concat(Flux.just("Once"), Flux.error(failure)));

            StepVerifier.create(teller.tell("a story"))
                    .expectNext("Once")
                    .expectErrorMatches(ex -> ex == failure)
                    .verify(PATIENCE);
            awaitOutcomes(heard, ERROR);
            teller.answers(Flux.just("whole"));

            assertThat(ask(teller)).containsExactly("whole");
            awaitOutcomes(heard, ERROR, MISS);
        });
    }

    @Test
    void what_the_method_throws_is_the_error_of_the_stream() {
        run((teller, heard, observer) -> StepVerifier.create(teller.tellOrThrow("a story"))
                .expectError(IOException.class)
                .verify(PATIENCE));
    }

    @Test
    void a_cancelled_stream_is_cancelled_at_the_model_and_not_stored() {
        run((teller, heard, observer) -> {
            TestPublisher<String> model = TestPublisher.create();
            teller.answers(model.flux());

            StepVerifier.create(teller.tell("a story"))
                    .then(() -> await().until(model::wasSubscribed))
                    .then(() -> model.next("Once"))
                    .expectNext("Once")
                    .thenCancel()
                    .verify(PATIENCE);
            model.assertCancelled();
            teller.answers(Flux.just("whole"));

            assertThat(ask(teller)).containsExactly("whole");
            assertThat(teller.calls()).isEqualTo(2);
        });
    }

    @Test
    void nothing_and_nothing_but_white_space_are_no_answers_to_store() {
        run((teller, heard, observer) -> {
            teller.answers(Flux.empty());
            assertThat(ask(teller)).isEmpty();
            teller.answers(Flux.just(" ", "\n"));
            assertThat(ask(teller)).containsExactly(" ", "\n");
            teller.answers(Flux.just("whole"));
            assertThat(ask(teller)).containsExactly("whole");

            assertThat(teller.calls()).isEqualTo(3);
        });
    }

    @Test
    void records_come_back_as_records() {
        run((teller, heard, observer) -> {
            Word[] words = {new Word("Once", List.of(1)), new Word("upon", List.of(1, 2))};
            teller.answers(Flux.just(words));

            assertThat(list(teller.words("a story"))).containsExactly(words);
            awaitStored(1);
            assertThat(list(teller.words("a story"))).containsExactly(words);
            assertThat(teller.calls()).isEqualTo(1);
        });
    }

    @Test
    void a_consumer_that_changes_what_it_gets_does_not_change_what_is_stored() {
        run((teller, heard, observer) -> {
            Draft draft = new Draft();
            draft.text = "as it was";
            teller.answers(Flux.just(draft));
            Consumer<Draft> scribble = written -> written.text = "changed";

            list(teller.drafts("a story").doOnNext(scribble));
            awaitStored(1);
            List<String> stored = new ArrayList<>();
            list(teller.drafts("a story")
                    .doOnNext(read -> stored.add(String.valueOf(read.text)))
                    .doOnNext(scribble));
            list(teller.drafts("a story").doOnNext(read -> stored.add(String.valueOf(read.text))));

            assertThat(stored).containsExactly("as it was", "as it was");
        });
    }

    @Test
    void an_answer_that_grows_too_large_passes_through_and_is_not_stored() {
        application.withPropertyValues("llm-cache.max-entry-size=100B").run(context -> {
            Storyteller teller = context.getBean(Storyteller.class);
            teller.answers(Flux.range(0, 50).map(number -> "word " + number));

            assertThat(ask(teller)).hasSize(50);
            assertThat(ask(teller)).hasSize(50).endsWith("word 49");
            assertThat(teller.calls()).isEqualTo(2);
            assertThat(redis.answers()).isEmpty();
        });
    }

    @Test
    void a_call_that_passes_the_cache_by_streams_too_and_says_so() {
        run((teller, heard, observer) -> {
            teller.answers(Flux.just("one", "two"));

            assertThat(list(teller.tellTo(null, "a story"))).containsExactly("one", "two");
            assertThat(list(teller.tellTo(null, "a story"))).containsExactly("one", "two");

            assertThat(teller.calls()).isEqualTo(2);
            awaitOutcomes(heard, BYPASS, BYPASS);
            assertThat(redis.answers()).isEmpty();
        });
    }

    @Test
    void the_context_of_the_subscriber_reaches_the_model() {
        run((teller, heard, observer) -> {
            teller.answers(Flux.deferContextual(context -> Flux.just(context.<String>get("user"))));

            assertThat(list(teller.tell("a story").contextWrite(context -> context.put("user", "ada"))))
                    .containsExactly("ada");
        });
    }

    @Test
    void who_observed_the_call_of_the_method_learns_how_its_stream_was_answered() {
        run((teller, heard, observer) -> {
            teller.answers(Flux.just("one"));
            ObservedCall<Flux<String>> first = observer.observe(() -> teller.tell("a story"));
            assertThat(first.outcome()).isEmpty();
            list(first.value());
            awaitStored(1);
            ObservedCall<Flux<String>> second = observer.observe(() -> teller.tell("a story"));
            list(second.value());

            assertThat(first.outcome()).contains(MISS);
            assertThat(second.outcome()).contains(HIT);
            assertThat(observer.current()).isNull();
        });
    }

    @Test
    void the_outcome_is_known_before_the_stream_completes() {
        run((teller, heard, observer) -> {
            teller.answers(Flux.just("one"));
            List<CacheOutcome> outcomes = new CopyOnWriteArrayList<>();
            ObservedCall<Flux<String>> call = observer.observe(() -> teller.tell("a story"));
            list(call.value().doOnComplete(() -> call.outcome().ifPresent(outcomes::add)));

            assertThat(outcomes).containsExactly(MISS);
        });
    }

    @Test
    void a_redis_that_is_gone_does_not_stop_the_stream() {
        try (RealRedis none = RealRedis.notStarted()) {
            application.withPropertyValues(none.properties()).run(context -> {
                Storyteller teller = context.getBean(Storyteller.class);
                teller.answers(Flux.just("one", "two"));

                assertThat(ask(teller)).containsExactly("one", "two");
            });
        }
    }

    @Test
    void subscribers_who_ask_the_same_meanwhile_get_the_whole_answer_of_one_call() {
        run((teller, heard, observer) -> {
            TestPublisher<String> model = TestPublisher.create();
            teller.answers(model.flux());
            Flux<String> told = teller.tell("a story");

            CompletableFuture<List<String>> first = told.collectList().toFuture();
            await().until(model::wasSubscribed);
            CompletableFuture<List<String>> second = told.collectList().toFuture();
            CompletableFuture<List<String>> third =
                    teller.tell(" A story").collectList().toFuture();
            model.next("Once ").next("upon");
            assertThat(second).isNotDone();
            model.complete();

            assertThat(first).succeedsWithin(PATIENCE).isEqualTo(List.of("Once ", "upon"));
            assertThat(second).succeedsWithin(PATIENCE).isEqualTo(List.of("Once ", "upon"));
            assertThat(third).succeedsWithin(PATIENCE).isEqualTo(List.of("Once ", "upon"));
            assertThat(teller.calls()).isEqualTo(1);
            assertThat(heard.outcomes()).containsExactlyInAnyOrder(MISS, COALESCED, COALESCED);
        });
    }

    @Test
    void one_who_waits_takes_over_from_one_who_cancels() {
        run((teller, heard, observer) -> {
            TestPublisher<String> left = TestPublisher.create();
            teller.answers(left.flux());
            Flux<String> told = teller.tell("a story");
            Disposable first = told.subscribe();
            await().until(left::wasSubscribed);
            CompletableFuture<List<String>> second = told.collectList().toFuture();
            teller.answers(Flux.just("whole"));

            first.dispose();

            assertThat(second).succeedsWithin(PATIENCE).isEqualTo(List.of("whole"));
            left.assertCancelled();
            assertThat(teller.calls()).isEqualTo(2);
        });
    }

    @Test
    void one_who_waits_and_cancels_is_passed_over() {
        run((teller, heard, observer) -> {
            TestPublisher<String> model = TestPublisher.create();
            teller.answers(model.flux());
            Flux<String> told = teller.tell("a story");
            CompletableFuture<List<String>> first = told.collectList().toFuture();
            await().until(model::wasSubscribed);

            told.subscribe().dispose();
            CompletableFuture<List<String>> third = told.collectList().toFuture();
            model.next("whole").complete();

            assertThat(first).succeedsWithin(PATIENCE).isEqualTo(List.of("whole"));
            assertThat(third).succeedsWithin(PATIENCE).isEqualTo(List.of("whole"));
            assertThat(teller.calls()).isEqualTo(1);
        });
    }

    @Test
    void those_who_wait_for_an_answer_that_can_not_be_shared_ask_themselves() {
        application.withPropertyValues("llm-cache.max-entry-size=100B").run(context -> {
            Storyteller teller = context.getBean(Storyteller.class);
            TestPublisher<String> model = TestPublisher.create();
            teller.answers(model.flux());
            Flux<String> told = teller.tell("a story");
            CompletableFuture<List<String>> first = told.collectList().toFuture();
            await().until(model::wasSubscribed);
            CompletableFuture<List<String>> second = told.collectList().toFuture();
            teller.answers(Flux.just("short"));

            model.next("x".repeat(99)).next("never kept").complete();

            assertThat(first).succeedsWithin(PATIENCE).isEqualTo(List.of("x".repeat(99), "never kept"));
            assertThat(second).succeedsWithin(PATIENCE).isEqualTo(List.of("short"));
            assertThat(context.getBean(RecordingListener.class).rejections()).contains(RejectionReason.TOO_LARGE);
        });
    }

    @Test
    void elements_that_json_can_not_carry_pass_through_and_are_not_stored() {
        run((teller, heard, observer) -> {
            Draft odd = new Draft() {
                public final Thread thread = Thread.currentThread();
            };
            teller.answers(Flux.just(new Draft(), odd, new Draft()));

            assertThat(list(teller.drafts("a story"))).hasSize(3).contains(odd);
            assertThat(heard.rejections()).containsExactly(RejectionReason.NOT_JSON);
            awaitOutcomes(heard, MISS);
        });
    }

    @Test
    void the_elements_of_an_answer_that_is_not_to_be_kept_are_not_written_down() {
        run((teller, heard, observer) -> {
            AtomicInteger read = new AtomicInteger();
            teller.answers(Flux.just(new Sketch(() -> "" + read.incrementAndGet())));

            list(teller.sketches("a story").contextWrite(ReactorDirectives.with(PromptDirectives.NO_STORE)));
            assertThat(read).hasValue(0);
            list(teller.sketches("a story"));
            assertThat(read).hasPositiveValue();
            awaitOutcomes(heard, BYPASS, MISS);
        });
    }

    @Test
    void a_stale_answer_is_replayed_and_made_anew_in_the_background() {
        application
                .withPropertyValues("llm-cache.ttl=1s", "llm-cache.stale-while-revalidate=10m")
                .run(context -> {
                    Storyteller teller = context.getBean(Storyteller.class);
                    RecordingListener heard = context.getBean(RecordingListener.class);
                    teller.answers(Flux.just("old"));
                    ask(teller);
                    teller.answers(Flux.deferContextual(view -> Flux.just("new ", view.<String>get("user"))));
                    Flux<String> told = teller.tell("a story").contextWrite(view -> view.put("user", "ada"));

                    await().atMost(PATIENCE).until(() -> {
                        List<String> answer = list(told);
                        return answer.equals(List.of("new ", "ada"));
                    });

                    assertThat(heard.outcomes()).contains(STALE);
                    assertThat(teller.calls()).isEqualTo(2);
                });
    }

    @Test
    void an_old_answer_stands_in_for_a_failure_before_the_first_element_only() {
        application
                .withPropertyValues("llm-cache.ttl=200ms", "llm-cache.stale-if-error=10m")
                .run(context -> {
                    Storyteller teller = context.getBean(Storyteller.class);
                    RecordingListener heard = context.getBean(RecordingListener.class);
                    IllegalStateException failure = new IllegalStateException("the model");
                    teller.answers(Flux.just("old ", "story"));
                    ask(teller);
                    awaitStored(1);
                    teller.answers(Flux.error(failure));
                    await().atMost(PATIENCE).until(() -> {
                        assertThat(ask(teller)).containsExactly("old ", "story");
                        return heard.outcomes().contains(STALE_IF_ERROR);
                    });
                    teller.answers(Flux.concat(Flux.just("new "), Flux.error(failure)));

                    StepVerifier.create(teller.tell("a story"))
                            .expectNext("new ")
                            .expectErrorMatches(ex -> ex == failure)
                            .verify(PATIENCE);
                    assertThat(heard.last().outcome()).isEqualTo(ERROR);
                });
    }

    @Test
    void directives_of_the_context_reach_the_cache() {
        run((teller, heard, observer) -> {
            teller.answers(Flux.just("one"));
            StepVerifier.create(teller.tell("a story")
                            .contextWrite(ReactorDirectives.with(PromptDirectives.ONLY_IF_CACHED)))
                    .expectError(PromptNotCachedException.class)
                    .verify(PATIENCE);
            StepVerifier.create(teller.tellTo(null, "a story")
                            .contextWrite(ReactorDirectives.with(PromptDirectives.ONLY_IF_CACHED)))
                    .expectError(PromptNotCachedException.class)
                    .verify(PATIENCE);
            list(teller.tell("a story").contextWrite(ReactorDirectives.with(PromptDirectives.NO_STORE)));
            assertThat(redis.answers()).isEmpty();
            ask(teller);
            awaitStored(1);
            teller.answers(Flux.just("two"));

            assertThat(ask(teller)).containsExactly("one");
            assertThat(list(teller.tell("a story").contextWrite(ReactorDirectives.with(PromptDirectives.NO_CACHE))))
                    .containsExactly("two");
        });
    }

    @Test
    void directives_of_the_context_add_up() {
        List<PromptDirectives> seen = new ArrayList<>();
        Flux.deferContextual(context -> {
                    seen.add(ReactorDirectives.of(context));
                    return Flux.empty();
                })
                .contextWrite(ReactorDirectives.with(PromptDirectives.NO_CACHE))
                .contextWrite(ReactorDirectives.with(PromptDirectives.maxAge(Duration.ofMinutes(1))))
                .blockLast(PATIENCE);

        assertThat(seen).containsExactly(new PromptDirectives(true, false, false, Duration.ofMinutes(1)));
    }
}
