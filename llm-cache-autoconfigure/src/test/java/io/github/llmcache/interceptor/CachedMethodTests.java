package io.github.llmcache.interceptor;

import static io.github.llmcache.event.CacheOutcome.BYPASS;
import static io.github.llmcache.event.CacheOutcome.ERROR;
import static io.github.llmcache.event.CacheOutcome.HIT;
import static io.github.llmcache.event.CacheOutcome.MISS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.annotation.Normalize;
import io.github.llmcache.annotation.NotInKey;
import io.github.llmcache.annotation.Prompt;
import io.github.llmcache.event.BypassReason;
import io.github.llmcache.event.RejectionReason;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.OwnThread;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.RecordingListener;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What a user relies on when a method is annotated, against a real Redis. */
class CachedMethodTests {

    private final RealRedis redis = RealRedis.shared();
    private final ApplicationContextRunner application = CacheApplication.on(redis)
            .withBean(Oracle.class)
            .withBean(RecordingListener.class)
            .withPropertyValues("llm-cache.default-model=demo");

    record Place(String name, List<String> sights) {}

    static class Oracle {

        private final AtomicInteger calls = new AtomicInteger();

        /** How often the methods ran; a method, because the proxy has no fields of the bean's. */
        public int calls() {
            return calls.get();
        }

        private String answer() {
            return "answer " + calls.incrementAndGet();
        }

        @CachedPrompt
        public @Nullable String ask(@Nullable String question) {
            return answer();
        }

        @CachedPrompt
        public String askAbout(String documentId, @Prompt String question) {
            return answer();
        }

        @CachedPrompt
        public String askTwo(String one, String other) {
            return answer();
        }

        @CachedPrompt
        public String askTraced(String question, @NotInKey Object trace) {
            return answer();
        }

        @CachedPrompt(key = "#place.name()")
        public String askOf(Place place) {
            return answer();
        }

        @CachedPrompt(key = "{#documentId, #question}")
        public String askByList(String documentId, @Prompt String question) {
            return answer();
        }

        @CachedPrompt(scope = "#user")
        public String askAs(@Nullable String user, @Prompt String question) {
            return answer();
        }

        @CachedPrompt(condition = "#question.length() > 5")
        public String askLong(String question) {
            return answer();
        }

        @CachedPrompt(unless = "#result.endsWith('1')")
        public String askUnless(String question) {
            return answer();
        }

        @CachedPrompt(scope = "#question.substring(100)")
        public String askBroken(String question) {
            return answer();
        }

        @CachedPrompt(normalize = Normalize.NONE)
        public String explainCode(String code) {
            return answer();
        }

        @CachedPrompt(ttl = "90s")
        public String askBriefly(String question) {
            return answer();
        }

        @CachedPrompt(cacheName = "a:b*")
        public String askOddly(String question) {
            return answer();
        }

        @CachedPrompt
        public Place place(String name) {
            calls.incrementAndGet();
            return new Place(name, List.of("a tower", "a river"));
        }

        @CachedPrompt
        public List<Place> places(String question) {
            calls.incrementAndGet();
            return List.of(new Place("Rome", List.of()));
        }

        @CachedPrompt
        public Map<String, Place> placesByName(String question) {
            calls.incrementAndGet();
            return Map.of("Rome", new Place("Rome", List.of()));
        }

        @CachedPrompt
        public Optional<Place> perhaps(String question) {
            calls.incrementAndGet();
            return question.contains("no") ? Optional.empty() : Optional.of(new Place("Rome", List.of()));
        }

        @CachedPrompt
        public CompletableFuture<String> askLater(String question) {
            return OwnThread.supply(this::answer);
        }

        @CachedPrompt
        public CompletionStage<Place> placeLater(String question) {
            calls.incrementAndGet();
            return CompletableFuture.completedStage(new Place("Rome", List.of()));
        }

        @CachedPrompt
        public CompletableFuture<String> failLater(String question) {
            calls.incrementAndGet();
            return CompletableFuture.failedFuture(new IOException("the model is away"));
        }

        @CachedPrompt
        public String fail(String question) throws IOException {
            calls.incrementAndGet();
            throw new IOException("the model is away");
        }

        @CachedPrompt
        public @Nullable String nothing(String question) {
            calls.incrementAndGet();
            return null;
        }

        @CachedPrompt
        public String interrupted(String question) {
            calls.incrementAndGet();
            Thread.currentThread().interrupt();
            return "half an ans";
        }

        @CachedPrompt
        public String anything(Object argument) {
            return answer();
        }
    }

    private void with(Consumer<Run> test) {
        application.run(context ->
                test.accept(new Run(context.getBean(Oracle.class), context.getBean(RecordingListener.class))));
    }

    private record Run(Oracle oracle, RecordingListener heard) {}

    @Test
    void a_repeated_prompt_is_answered_from_redis() {
        with(run -> {
            String first = run.oracle().ask("What is a transformer?");

            assertThat(run.oracle().ask("  what is a   TRANSFORMER? ")).isEqualTo(first);
            assertThat(run.heard().outcomes()).containsExactly(MISS, HIT);
            assertThat(run.heard().last().tier()).isEqualTo("redis");
            assertThat(run.heard().last().age()).isBetween(0.0, 1.0);
            assertThat(redis.answers()).singleElement().asString().startsWith("prompt:");
        });
    }

    @Test
    void another_prompt_has_another_answer() {
        with(run ->
                assertThat(run.oracle().ask("one")).isNotEqualTo(run.oracle().ask("two")));
    }

    @Test
    void a_second_start_of_the_application_finds_the_answers_of_the_first() {
        with(run -> assertThat(run.oracle().ask("question")).isEqualTo("answer 1"));
        with(run -> {
            assertThat(run.oracle().ask("question")).isEqualTo("answer 1");
            assertThat(run.oracle().calls()).isEqualTo(0);
        });
    }

    @Test
    void only_the_prompt_is_folded_and_an_id_keeps_its_case() {
        with(run -> {
            String first = run.oracle().askAbout("aB3", "Why?");

            assertThat(run.oracle().askAbout("aB3", "WHY? ")).isEqualTo(first);
            assertThat(run.oracle().askAbout("Ab3", "Why?")).isNotEqualTo(first);
        });
    }

    @Test
    void of_two_texts_none_is_folded_unless_one_is_marked() {
        with(run -> assertThat(run.oracle().askTwo("a", "b"))
                .isNotEqualTo(run.oracle().askTwo("a", "B")));
    }

    @Test
    void a_text_that_moves_from_one_argument_to_the_next_misses() {
        with(run -> assertThat(run.oracle().askTwo("ab", "c"))
                .isNotEqualTo(run.oracle().askTwo("a", "bc")));
    }

    @Test
    void an_argument_that_is_not_in_the_key_does_not_matter() {
        with(run -> assertThat(run.oracle().askTraced("question", new Object()))
                .isEqualTo(run.oracle().askTraced("question", new Object())));
    }

    @Test
    void a_key_expression_says_what_is_asked() {
        with(run -> {
            String rome = run.oracle().askOf(new Place("Rome", List.of("a")));

            assertThat(run.oracle().askOf(new Place("ROME", List.of("b")))).isEqualTo(rome);
            assertThat(run.oracle().askOf(new Place("Oslo", List.of("a")))).isNotEqualTo(rome);
        });
    }

    @Test
    void a_key_expression_sees_the_marked_prompt_folded_and_the_rest_as_it_is() {
        with(run -> {
            String first = run.oracle().askByList("aB3", "Why?");

            assertThat(run.oracle().askByList("aB3", " why?")).isEqualTo(first);
            assertThat(run.oracle().askByList("Ab3", "Why?")).isNotEqualTo(first);
        });
    }

    @Test
    void two_users_never_share_an_answer_that_has_a_scope() {
        with(run -> {
            String anna = run.oracle().askAs("anna", "my orders");

            assertThat(run.oracle().askAs("bert", "my orders")).isNotEqualTo(anna);
            assertThat(run.oracle().askAs("anna", "my orders")).isEqualTo(anna);
            assertThat(run.oracle().askAs("Anna", "my orders")).isNotEqualTo(anna);
        });
    }

    @Test
    void without_a_scope_at_run_time_nothing_is_looked_up_and_nothing_is_kept() {
        with(run -> {
            assertThat(run.oracle().askAs(null, "my orders")).isEqualTo("answer 1");
            assertThat(run.oracle().askAs(" ", "my orders")).isEqualTo("answer 2");
            assertThat(run.heard().outcomes()).containsExactly(BYPASS, BYPASS);
            assertThat(run.heard().last().bypass()).isEqualTo(BypassReason.SCOPE);
            assertThat(redis.answers()).isEmpty();
        });
    }

    @Test
    void a_false_condition_passes_the_cache_by() {
        with(run -> {
            assertThat(run.oracle().askLong("no")).isNotEqualTo(run.oracle().askLong("no"));
            assertThat(run.oracle().askLong("long enough"))
                    .isEqualTo(run.oracle().askLong("long enough"));
            assertThat(run.heard().outcomes()).containsExactly(BYPASS, BYPASS, MISS, HIT);
        });
    }

    @Test
    void an_answer_that_unless_refuses_is_not_kept() {
        with(run -> {
            assertThat(run.oracle().askUnless("question")).isEqualTo("answer 1");
            assertThat(run.oracle().askUnless("question")).isEqualTo("answer 2");
            assertThat(run.oracle().askUnless("question")).isEqualTo("answer 2");
            assertThat(run.heard().rejections()).containsExactly(RejectionReason.UNLESS);
        });
    }

    @Test
    void an_expression_that_fails_in_a_call_never_fails_the_call() {
        with(run -> {
            assertThat(run.oracle().askBroken("short")).isEqualTo("answer 1");
            assertThat(run.heard().last().bypass()).isEqualTo(BypassReason.EXPRESSION);
        });
    }

    @Test
    void code_is_taken_as_it_is_where_normalization_is_off() {
        with(run -> assertThat(run.oracle().explainCode("if a:\n  b"))
                .isNotEqualTo(run.oracle().explainCode("if a:\n b")));
    }

    @Test
    void the_ttl_is_the_methods_own() {
        with(run -> {
            run.oracle().askBriefly("question");

            assertThat(redis.commands().pttl(onlyKey())).isBetween(60_000L, 90_000L);
        });
    }

    @Test
    void the_ttl_is_an_hour_where_nothing_is_said() {
        with(run -> {
            run.oracle().ask("question");

            assertThat(redis.commands().pttl(onlyKey())).isBetween(3_500_000L, 3_600_000L);
        });
    }

    @Test
    void an_odd_cache_name_is_encoded_in_the_key() {
        with(run -> {
            run.oracle().askOddly("question");

            assertThat(onlyKey()).startsWith("a%3Ab%2A:");
            assertThat(run.oracle().askOddly("question")).isEqualTo("answer 1");
        });
    }

    @Test
    void records_lists_maps_and_optionals_come_back_as_what_they_were() {
        with(run -> {
            Oracle oracle = run.oracle();
            assertThat(oracle.place("Paris")).isEqualTo(oracle.place("Paris")).isInstanceOf(Place.class);
            assertThat(oracle.places("all")).isEqualTo(oracle.places("all"));
            assertThat(oracle.placesByName("all")).isEqualTo(oracle.placesByName("all"));
            assertThat(oracle.perhaps("one")).isEqualTo(oracle.perhaps("one"));
            assertThat(run.oracle().calls()).isEqualTo(4);
            assertThat(oracle.places("all").get(0)).isInstanceOf(Place.class);
        });
    }

    @Test
    void an_empty_optional_is_asked_for_again() {
        with(run -> {
            assertThat(run.oracle().perhaps("no")).isEmpty();
            assertThat(run.oracle().perhaps("no")).isEmpty();
            assertThat(run.oracle().calls()).isEqualTo(2);
            assertThat(run.heard().rejections()).containsOnly(RejectionReason.EMPTY);
        });
    }

    @Test
    void an_asynchronous_answer_is_kept_when_it_completes() throws Exception {
        with(run -> {
            String first = run.oracle()
                    .askLater("question")
                    .orTimeout(10, TimeUnit.SECONDS)
                    .join();

            assertThat(run.oracle().askLater("QUESTION").join()).isEqualTo(first);
            assertThat(run.oracle().placeLater("a").toCompletableFuture().join())
                    .isEqualTo(
                            run.oracle().placeLater("a").toCompletableFuture().join());
            assertThat(run.oracle().calls()).isEqualTo(2);
        });
    }

    @Test
    void an_asynchronous_failure_reaches_the_caller_and_is_not_kept() {
        with(run -> {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> run.oracle().failLater("question").join())
                        .isInstanceOf(CompletionException.class)
                        .cause()
                        .isInstanceOf(IOException.class)
                        .hasMessage("the model is away");
            }
            assertThat(run.oracle().calls()).isEqualTo(2);
            assertThat(run.heard().outcomes()).containsExactly(ERROR, ERROR);
        });
    }

    @Test
    void what_the_method_throws_reaches_the_caller_as_it_is_and_is_not_kept() {
        with(run -> {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> run.oracle().fail("question"))
                        .isExactlyInstanceOf(IOException.class)
                        .hasMessage("the model is away");
            }
            assertThat(run.oracle().calls()).isEqualTo(2);
            assertThat(redis.answers()).isEmpty();
        });
    }

    @Test
    void null_is_returned_and_not_kept() {
        with(run -> {
            assertThat(run.oracle().nothing("question")).isNull();
            assertThat(run.oracle().nothing("question")).isNull();
            assertThat(run.oracle().calls()).isEqualTo(2);
        });
    }

    @Test
    void a_null_empty_or_blank_prompt_is_asked_and_not_kept() {
        with(run -> {
            for (String prompt : new @Nullable String[] {null, "", " \n\t "}) {
                run.oracle().ask(prompt);
                assertThat(run.heard().last().bypass()).isEqualTo(BypassReason.PROMPT);
            }
            assertThat(run.oracle().calls()).isEqualTo(3);
            assertThat(redis.answers()).isEmpty();
        });
    }

    @Test
    void an_interrupted_answer_is_not_kept_and_the_flag_stands() {
        with(run -> {
            assertThat(run.oracle().interrupted("question")).isEqualTo("half an ans");
            assertThat(Thread.interrupted()).isTrue();
            assertThat(run.heard().rejections()).containsExactly(RejectionReason.INTERRUPTED);
            assertThat(redis.answers()).isEmpty();
        });
    }

    @Test
    void an_argument_that_no_key_can_be_made_of_passes_the_cache_by() {
        with(run -> {
            assertThat(run.oracle().anything(new Object())).isEqualTo("answer 1");
            assertThat(run.heard().last().bypass()).isEqualTo(BypassReason.ARGUMENT);
            assertThat(run.oracle().anything(List.of(1, "a")))
                    .isEqualTo(run.oracle().anything(List.of(1, "a")));
        });
    }

    @Test
    void odd_and_huge_prompts_are_found_again() {
        with(run -> {
            for (String prompt : List.of(
                    "x".repeat(1_000_000),
                    "👩‍👩‍👧 e\u0301\u0323 \u0000 line\nbreak",
                    "\ud800 a lone surrogate",
                    "{}*?[]:%~\\")) {
                String first = run.oracle().ask(prompt);
                assertThat(run.oracle().ask(prompt)).isEqualTo(first);
            }
            assertThat(run.oracle().calls()).isEqualTo(4);
        });
    }

    @Test
    void ten_thousand_different_prompts_are_ten_thousand_entries() {
        with(run -> {
            for (int i = 0; i < 10_000; i++) {
                run.oracle().ask("prompt number " + i);
            }
            awaitEntries(10_000);
            assertThat(run.oracle().ask("prompt number 4711")).isEqualTo("answer 4712");
        });
    }

    @Test
    void an_answer_over_the_largest_size_is_returned_and_not_kept() {
        application.withPropertyValues("llm-cache.max-entry-size=5B").run(context -> {
            Oracle oracle = context.getBean(Oracle.class);

            assertThat(oracle.ask("question")).isEqualTo("answer 1");
            assertThat(oracle.ask("question")).isEqualTo("answer 2");
            assertThat(context.getBean(RecordingListener.class).rejections()).containsOnly(RejectionReason.TOO_LARGE);
        });
    }

    @Test
    void a_change_of_model_model_version_or_cache_version_misses() {
        List<String[]> worlds = List.of(
                new String[] {},
                new String[] {"llm-cache.default-model=other"},
                new String[] {"llm-cache.models.demo.version=2"},
                new String[] {"llm-cache.models.demo.version=3"},
                new String[] {"llm-cache.version=2"},
                new String[] {"llm-cache.caches.prompt.version=3"});
        for (String[] world : worlds) {
            application.withPropertyValues(world).run(context -> {
                Oracle oracle = context.getBean(Oracle.class);
                oracle.ask("question");
                assertThat(oracle.calls()).isEqualTo(1);
            });
        }
        awaitEntries(worlds.size());
    }

    @Test
    void without_store_prompt_the_prompt_is_not_in_redis() {
        application.withPropertyValues("llm-cache.store-prompt=false").run(context -> {
            context.getBean(Oracle.class).ask("a secret question");

            assertThat(redis.commands().get(onlyKey())).doesNotContain("secret");
        });
    }

    @Test
    void readable_keys_show_the_prompt() {
        application.withPropertyValues("llm-cache.key-style=readable").run(context -> {
            Oracle oracle = context.getBean(Oracle.class);
            oracle.ask("Explain Transformers");

            assertThat(onlyKey()).matches("prompt:explain transformers~.{22}");
            assertThat(oracle.ask("explain transformers")).isEqualTo("answer 1");
        });
    }

    @Test
    void the_key_prefix_is_the_name_of_the_application() {
        application.withPropertyValues("spring.application.name=shop").run(context -> {
            context.getBean(Oracle.class).ask("question");

            assertThat(onlyKey()).startsWith("shop:prompt:");
        });
    }

    @Test
    void disabled_the_methods_simply_run() {
        application.withPropertyValues("llm-cache.enabled=false").run(context -> {
            Oracle oracle = context.getBean(Oracle.class);

            assertThat(oracle.ask("question")).isNotEqualTo(oracle.ask("question"));
            assertThat(redis.answers()).isEmpty();
        });
    }

    /** Nobody waits for a write, so a look from outside may be too early. */
    private void awaitEntries(long count) {
        await().untilAsserted(() -> assertThat(redis.answers()).hasSize((int) count));
    }

    private String onlyKey() {
        awaitEntries(1);
        return redis.answers().get(0);
    }
}
