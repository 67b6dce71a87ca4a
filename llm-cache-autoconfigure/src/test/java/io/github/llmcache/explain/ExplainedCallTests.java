package io.github.llmcache.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.annotation.Prompt;
import io.github.llmcache.engine.CacheMode;
import io.github.llmcache.engine.LookupPreview.Finding;
import io.github.llmcache.engine.LookupPreview.State;
import io.github.llmcache.engine.PromptCache;
import io.github.llmcache.engine.PromptCallCapture;
import io.github.llmcache.engine.PromptCallDirectives;
import io.github.llmcache.engine.PromptDirectives;
import io.github.llmcache.event.BypassReason;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.CacheStatistics;
import io.github.llmcache.key.PromptRequest;
import io.github.llmcache.langchain4j.CachingChatModel;
import io.github.llmcache.langchain4j.ModelCache;
import io.github.llmcache.operations.PromptCacheOperations;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.RecordingListener;
import io.github.llmcache.tier.Circuit;
import io.github.llmcache.tier.CircuitState;
import io.github.llmcache.tier.FailureKind;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Why a call is a hit or not, with a real Redis. */
class ExplainedCallTests {

    private final RealRedis redis = RealRedis.shared();

    private final ApplicationContextRunner application = CacheApplication.on(redis)
            .withBean("librarian", Librarian.class, () -> new Librarian())
            .withBean(RecordingListener.class)
            .withPropertyValues("llm-cache.models.gpt.version=2");

    @BeforeEach
    void empty() {
        redis.commands().flushall();
    }

    static class Librarian {

        private final AtomicInteger calls = new AtomicInteger();

        public int calls() {
            return calls.get();
        }

        @CachedPrompt(model = "gpt", version = "7", staleWhileRevalidate = "1h", staleIfError = "2h")
        public String ask(String question) {
            calls.incrementAndGet();
            return "model's answer";
        }

        @CachedPrompt(model = "gpt", version = "7")
        public String tell(String question) {
            calls.incrementAndGet();
            return "another answer";
        }

        @CachedPrompt(cacheName = "mine", model = "gpt", scope = "#user", condition = "#pages > 0")
        public String mine(@Prompt String question, int pages, @Nullable String user) {
            calls.incrementAndGet();
            return "somebody's answer";
        }

        @CachedPrompt(cacheName = "keyed", key = "#question + #language")
        public String keyed(String question, String language) {
            calls.incrementAndGet();
            return "keyed answer";
        }
    }

    private interface Task {
        void run(PromptCacheOperations operations, Librarian librarian) throws Exception;
    }

    private void with(ApplicationContextRunner runner, Task task) {
        runner.run(context -> {
            assertThat(context).hasNotFailed();
            task.run(context.getBean(PromptCacheOperations.class), context.getBean(Librarian.class));
        });
    }

    private void with(Task task) {
        with(application, task);
    }

    /** Stores an answer by calling the method, and waits until it is there. */
    private void stored(PromptCacheOperations operations, Callable<?> call) throws Exception {
        call.call();
        await().until(() -> operations.explain(call).outcome() == CacheOutcome.HIT);
    }

    @Test
    void a_hit_is_told_with_its_key_what_it_is_made_from_and_the_tier_that_has_it() {
        with((operations, librarian) -> {
            stored(operations, () -> librarian.ask("What is RAG?"));

            CallExplanation explanation = operations.explain(() -> librarian.ask("what is  RAG?"));

            assertThat(explanation.outcome()).isEqualTo(CacheOutcome.HIT);
            assertThat(explanation.tier()).isEqualTo("redis");
            assertThat(explanation.because()).isEqualTo("The tier redis has a fresh answer.");
            assertThat(explanation.mode()).isEqualTo(CacheMode.ON);
            assertThat(explanation.bypass()).isNull();
            assertThat(explanation.nearest()).isNull();
            PromptRequest request = Objects.requireNonNull(explanation.request());
            assertThat(request.cache()).isEqualTo("prompt");
            assertThat(request.method()).isEqualTo("librarian@" + Librarian.class.getName() + "#ask(java.lang.String)");
            assertThat(request.model()).isEqualTo("gpt");
            assertThat(request.modelVersion()).isEqualTo("2");
            assertThat(request.templateVersion()).isEqualTo("7");
            assertThat(request.prompt()).isEqualTo("what is rag?");
            assertThat(request.arguments()).containsExactly("what is rag?");
            String digest = Objects.requireNonNull(explanation.key()).digest();
            assertThat(explanation.storedUnder()).isEqualTo("prompt:" + digest);
            assertThat(redis.commands().exists("prompt:" + digest)).isOne();
            assertThat(librarian.calls()).isOne();
        });
    }

    @Test
    void nothing_is_stored_leased_counted_or_told_and_no_method_runs() {
        application.run(context -> {
            PromptCacheOperations operations = context.getBean(PromptCacheOperations.class);
            Librarian librarian = context.getBean(Librarian.class);
            CacheStatistics.Snapshot before =
                    context.getBean(CacheStatistics.class).of("prompt");

            assertThat(operations.explain(() -> librarian.ask("q")).outcome()).isEqualTo(CacheOutcome.MISS);
            assertThat(operations.explain(() -> librarian.mine("q", 1, " ")).outcome())
                    .isEqualTo(CacheOutcome.BYPASS);

            assertThat(librarian.calls()).isZero();
            assertThat(redis.commands().keys("*")).isEmpty();
            assertThat(context.getBean(CacheStatistics.class).of("prompt")).isEqualTo(before);
            assertThat(context.getBean(RecordingListener.class).calls()).isEmpty();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"string", "hash"})
    void a_raised_version_of_the_model_is_named_with_both_values(String layout) {
        ApplicationContextRunner laidOut = application.withPropertyValues("llm-cache.layout=" + layout);
        with(laidOut, (operations, librarian) -> {
            stored(operations, () -> librarian.ask("Who wrote Faust?"));
            stored(operations, () -> librarian.ask("What is RAG?"));
        });
        with(laidOut.withPropertyValues("llm-cache.models.gpt.version=3"), (operations, librarian) -> {
            CallExplanation explanation = operations.explain(() -> librarian.ask("What is RAG?"));

            NearestEntries nearest = nearest(explanation);
            assertThat(nearest.compared()).isEqualTo(2);
            assertThat(nearest.complete()).isTrue();
            assertThat(nearest.entries().get(0).differences())
                    .containsExactly(new Difference(RequestComponent.MODEL_VERSION, "3", "2"));
            assertThat(nearest.entries().get(0).unknown()).isEmpty();
            assertThat(nearest.entries().get(0).similarity()).isEqualTo(1);
            assertThat(nearest.entries().get(1).differences())
                    .containsExactly(
                            new Difference(RequestComponent.MODEL_VERSION, "3", "2"),
                            new Difference(RequestComponent.PROMPT, "what is rag?", "who wrote faust?"));
            assertThat(explanation.because())
                    .isEqualTo("The tier redis has nothing under the key: it was never stored, has expired or was"
                            + " evicted. The nearest of 2 entries differs in model version (3, the entry has 2).");
        });
    }

    @Test
    void another_cache_version_and_a_model_without_a_version_are_told() {
        with(
                application.withPropertyValues("llm-cache.version=one"),
                (operations, librarian) -> stored(operations, () -> librarian.keyed("q", "en")));
        with(
                application.withPropertyValues("llm-cache.version=two", "llm-cache.default-model=gpt"),
                (operations, librarian) -> assertThat(nearest(operations.explain(() -> librarian.keyed("q", "en")))
                                .entries()
                                .get(0)
                                .differences())
                        .containsExactly(
                                new Difference(RequestComponent.MODEL, "gpt", null),
                                new Difference(RequestComponent.MODEL_VERSION, "2", null),
                                new Difference(RequestComponent.CACHE_VERSION, "two", "one")));
    }

    @Test
    void a_version_that_is_long_is_cut_but_told_apart() {
        String common = "a-very-long-name-of-a-version-that-goes-on-and-on-";
        with(application.withPropertyValues("llm-cache.version=" + common + 1), (operations, librarian) -> {
            stored(operations, () -> librarian.mine("q", 1, "ann"));
            assertThat(nearest(operations.explain(() -> librarian.mine("q", 2, "ann")))
                            .entries()
                            .get(0)
                            .differences())
                    .containsExactly(new Difference(RequestComponent.ARGUMENTS, null, null));
        });
        with(application.withPropertyValues("llm-cache.version=" + common + 2), (operations, librarian) -> {
            NearEntry entry = nearest(operations.explain(() -> librarian.mine("q", 1, "ann")))
                    .entries()
                    .get(0);
            assertThat(entry.differences()).singleElement().satisfies(difference -> {
                assertThat(difference.component()).isEqualTo(RequestComponent.CACHE_VERSION);
                assertThat(difference.request()).hasSize(40).startsWith("a-very-long-name");
                assertThat(difference.entry()).hasSize(40).isNotEqualTo(difference.request());
            });
            assertThat(entry.unknown()).containsExactly(RequestComponent.ARGUMENTS);
        });
    }

    @Test
    void the_scope_the_prompt_and_other_arguments_are_told_apart() {
        with((operations, librarian) -> {
            stored(operations, () -> librarian.mine("What is RAG?", 1, "ann"));

            assertThat(first(operations, () -> librarian.mine("What is RAG?", 1, "bob"))
                            .differences())
                    .containsExactly(new Difference(RequestComponent.SCOPE, "bob", "ann"));
            assertThat(first(operations, () -> librarian.mine("What is AI?", 1, "ann"))
                            .differences())
                    .containsExactly(new Difference(RequestComponent.PROMPT, "what is ai?", "what is rag?"));
            assertThat(first(operations, () -> librarian.mine("What is RAG?", 2, "ann"))
                            .differences())
                    .containsExactly(new Difference(RequestComponent.ARGUMENTS, null, null));
            assertThat(first(operations, () -> librarian.mine("What is AI?", 2, "bob"))
                            .differences())
                    .extracting(Difference::component)
                    .containsExactly(RequestComponent.SCOPE, RequestComponent.PROMPT, RequestComponent.ARGUMENTS);
        });
    }

    @Test
    void an_explicit_key_differs_as_a_prompt_does() {
        with((operations, librarian) -> {
            stored(operations, () -> librarian.keyed("q", "en"));

            assertThat(first(operations, () -> librarian.keyed("q", "de")).differences())
                    .containsExactly(new Difference(RequestComponent.PROMPT, "qde", "qen"));
        });
    }

    @Test
    void the_answer_of_another_method_is_told_as_such() {
        with((operations, librarian) -> {
            stored(operations, () -> librarian.tell("What is RAG?"));

            NearEntry entry = first(operations, () -> librarian.ask("What is RAG?"));

            assertThat(entry.differences()).containsExactly(new Difference(RequestComponent.METHOD, null, null));
            assertThat(entry.unknown()).containsExactly(RequestComponent.ARGUMENTS);
        });
    }

    @Test
    void without_stored_prompts_no_text_is_in_redis_and_the_prompt_is_still_told_to_differ() {
        with(application.withPropertyValues("llm-cache.store-prompt=false"), (operations, librarian) -> {
            stored(operations, () -> librarian.ask("canary"));
            stored(operations, () -> librarian.mine("canary", 1, "ann"));

            String entry = Objects.requireNonNull(
                    redis.commands().get(redis.commands().keys("prompt:*").get(0)));
            assertThat(entry).contains("\"parts\":{").doesNotContain("canary");
            assertThat(first(operations, () -> librarian.ask("other")).differences())
                    .containsExactly(new Difference(RequestComponent.PROMPT, "other", null));
            assertThat(first(operations, () -> librarian.mine("other", 1, "ann"))
                            .differences())
                    .containsExactly(new Difference(RequestComponent.ARGUMENTS, null, null));
            // Proven by the digest, though the entry does not tell its prompt.
            assertThat(first(operations, () -> librarian.mine("canary", 1, "bob"))
                            .differences())
                    .containsExactly(new Difference(RequestComponent.SCOPE, "bob", "ann"));
        });
    }

    @Test
    void an_entry_of_an_older_release_tells_what_it_can() {
        with((operations, librarian) -> {
            stored(operations, () -> librarian.mine("What is RAG?", 1, "ann"));
            String key = redis.commands().keys("mine:*").get(0);
            String entry = Objects.requireNonNull(redis.commands().get(key));
            String older =
                    Pattern.compile(",\"parts\":\\{[^}]*}").matcher(entry).replaceFirst("");
            assertThat(older).isNotEqualTo(entry);
            redis.commands().set(key, older);

            assertThat(operations
                            .explain(() -> librarian.mine("What is RAG?", 1, "ann"))
                            .outcome())
                    .isEqualTo(CacheOutcome.HIT);
            NearEntry ofBob = first(operations, () -> librarian.mine("What is RAG?", 1, "bob"));
            assertThat(ofBob.differences()).containsExactly(new Difference(RequestComponent.SCOPE, "bob", "ann"));
            assertThat(ofBob.unknown()).isEmpty();
            NearEntry ofTwoPages = first(operations, () -> librarian.mine("What is RAG?", 2, "ann"));
            assertThat(ofTwoPages.differences()).isEmpty();
            assertThat(ofTwoPages.unknown())
                    .containsExactly(
                            RequestComponent.METHOD,
                            RequestComponent.RETURN_SHAPE,
                            RequestComponent.TEMPLATES,
                            RequestComponent.MODEL_VERSION,
                            RequestComponent.TEMPLATE_VERSION,
                            RequestComponent.CACHE_VERSION,
                            RequestComponent.ARGUMENTS);
        });
    }

    @Test
    void an_entry_under_a_key_of_another_style_is_the_very_same() {
        with((operations, librarian) -> stored(operations, () -> librarian.ask("What is RAG?")));
        with(application.withPropertyValues("llm-cache.key-style=readable"), (operations, librarian) -> {
            CallExplanation explanation = operations.explain(() -> librarian.ask("What is RAG?"));

            assertThat(explanation.outcome()).isEqualTo(CacheOutcome.MISS);
            assertThat(explanation.storedUnder()).startsWith("prompt:what is rag%3F~");
            assertThat(nearest(explanation).entries().get(0).differences()).isEmpty();
            assertThat(explanation.because()).contains("stands under another key in Redis");
        });
    }

    @Test
    void a_call_that_passes_the_cache_by_is_told_why() {
        with((operations, librarian) -> {
            CallExplanation scopeless = operations.explain(() -> librarian.mine("q", 1, null));
            assertThat(scopeless.outcome()).isEqualTo(CacheOutcome.BYPASS);
            assertThat(scopeless.bypass()).isEqualTo(BypassReason.SCOPE);
            assertThat(scopeless.key()).isNull();
            assertThat(Objects.requireNonNull(scopeless.request()).model()).isEqualTo("gpt");

            assertThat(operations.explain(() -> librarian.mine("q", 0, "ann")).bypass())
                    .isEqualTo(BypassReason.CONDITION);
            assertThat(operations.explain(() -> librarian.ask(" ")).bypass()).isEqualTo(BypassReason.PROMPT);
        });
    }

    @Test
    void the_mode_and_directives_are_told_with_what_is_in_the_tiers_all_the_same() {
        with((operations, librarian) -> stored(operations, () -> librarian.ask("q")));
        with(application.withPropertyValues("llm-cache.mode=off"), (operations, librarian) -> {
            CallExplanation off = operations.explain(() -> librarian.ask("q"));
            assertThat(off.outcome()).isEqualTo(CacheOutcome.BYPASS);
            assertThat(off.bypass()).isEqualTo(BypassReason.MODE);
            assertThat(off.mode()).isEqualTo(CacheMode.OFF);
            assertThat(states(off)).containsExactly(State.FRESH);
        });
        with(application.withPropertyValues("llm-cache.mode=refresh"), (operations, librarian) -> {
            CallExplanation refresh = operations.explain(() -> librarian.ask("q"));
            assertThat(refresh.outcome()).isEqualTo(CacheOutcome.MISS);
            assertThat(refresh.because()).contains("The model is asked in any case");
            assertThat(refresh.nearest()).isNull();
        });
        application.run(context -> {
            PromptCallDirectives directives = context.getBean(PromptCallDirectives.class);
            PromptCacheOperations operations = context.getBean(PromptCacheOperations.class);
            Librarian librarian = context.getBean(Librarian.class);
            CallExplanation unkept =
                    directives.call(PromptDirectives.NO_STORE, () -> operations.explain(() -> librarian.ask("q")));
            assertThat(unkept.bypass()).isEqualTo(BypassReason.NO_STORE);
        });
    }

    @Test
    void an_answer_that_is_no_longer_fresh_is_told_by_what_it_is_good_for() {
        with((operations, librarian) -> {
            stored(operations, () -> librarian.ask("q"));
            long now = System.currentTimeMillis();
            freshUntil(now - 60_000);
            CallExplanation stale = operations.explain(() -> librarian.ask("q"));
            assertThat(stale.outcome()).isEqualTo(CacheOutcome.STALE);
            assertThat(states(stale)).containsExactly(State.STALE);

            freshUntil(now - 5_400_000);
            CallExplanation old = operations.explain(() -> librarian.ask("q"));
            assertThat(old.outcome()).isEqualTo(CacheOutcome.MISS);
            assertThat(states(old)).containsExactly(State.OLD);
            assertThat(old.because()).contains("only if the model fails");

            freshUntil(now - 10_800_000);
            assertThat(states(operations.explain(() -> librarian.ask("q")))).containsExactly(State.EXPIRED);
        });
    }

    private void freshUntil(long millis) {
        String key = redis.commands().keys("prompt:*").get(0);
        String entry = Objects.requireNonNull(redis.commands().get(key));
        redis.commands().set(key, entry.replaceFirst("\"freshUntil\":\\d+", "\"freshUntil\":" + millis));
    }

    @Test
    void what_cannot_be_read_is_told_as_such() {
        with((operations, librarian) -> {
            String key = Objects.requireNonNull(
                    operations.explain(() -> librarian.ask("q")).storedUnder());
            redis.commands().set(key, "{canary");
            CallExplanation damaged = operations.explain(() -> librarian.ask("q"));
            assertThat(damaged.outcome()).isEqualTo(CacheOutcome.MISS);
            assertThat(damaged.findings())
                    .containsExactly(new Finding("redis", State.UNREADABLE, FailureKind.UNREADABLE, null));
            assertThat(damaged.because()).doesNotContain("canary");

            redis.commands().del(key);
            redis.commands().hset(key, "a", "b");
            assertThat(operations.explain(() -> librarian.ask("q")).findings())
                    .containsExactly(new Finding("redis", State.UNREADABLE, FailureKind.WRONG_TYPE, null));

            redis.commands().del(key);
            redis.commands().set(key, "{\"v\":2}");
            assertThat(operations.explain(() -> librarian.ask("q")).because()).contains("a newer release");
        });
    }

    @Test
    void a_server_that_does_not_answer_is_told_and_nothing_is_thrown() {
        try (RealRedis own = RealRedis.start()) {
            ApplicationContextRunner impatient = CacheApplication.on(own)
                    .withBean("librarian", Librarian.class, () -> new Librarian())
                    .withPropertyValues("llm-cache.redis.timeout=200ms");
            with(impatient, (operations, librarian) -> {
                await().until(() ->
                        states(operations.explain(() -> librarian.ask("q"))).equals(List.of(State.NOT_FOUND)));
                own.pause();
                try {
                    CallExplanation explanation = operations.explain(() -> librarian.ask("q"));

                    assertThat(explanation.outcome()).isEqualTo(CacheOutcome.MISS);
                    assertThat(states(explanation)).containsExactly(State.FAILED);
                    assertThat(explanation.because()).contains("could not say: timeout");
                    assertThat(explanation.nearest()).isNull();
                } finally {
                    own.resume();
                }
            });
        }
    }

    @Test
    void while_the_circuit_is_open_redis_is_not_asked_for_the_nearest_entries_either() {
        try (RealRedis own = RealRedis.start()) {
            CacheApplication.on(own)
                    .withBean("librarian", Librarian.class, () -> new Librarian())
                    .withPropertyValues("llm-cache.redis.timeout=200ms", "llm-cache.stats.enabled=false")
                    .run(context -> {
                        PromptCacheOperations operations = context.getBean(PromptCacheOperations.class);
                        Librarian librarian = context.getBean(Librarian.class);
                        stored(operations, () -> librarian.ask("q"));
                        own.pause();
                        try {
                            await().until(() -> {
                                librarian.ask("another");
                                return context.getBean(Circuit.class).state() == CircuitState.OPEN;
                            });
                        } finally {
                            own.resume();
                        }
                        CallExplanation explanation = operations.explain(() -> librarian.ask("other"));

                        assertThat(explanation.findings())
                                .containsExactly(new Finding("redis", State.FAILED, FailureKind.CIRCUIT_OPEN, null));
                        assertThat(explanation.because()).contains("could not say: circuit open");
                        assertThat(explanation.nearest()).isNull();
                    });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"string", "hash"})
    void a_version_that_is_raised_in_redis_is_named(String layout) {
        application
                .withPropertyValues("llm-cache.model-registry.enabled=true", "llm-cache.layout=" + layout)
                .run(context -> {
                    PromptCacheOperations operations = context.getBean(PromptCacheOperations.class);
                    Librarian librarian = context.getBean(Librarian.class);
                    await().until(() -> operations
                                    .explain(() -> librarian.ask("What is RAG?"))
                                    .outcome()
                            == CacheOutcome.MISS);
                    stored(operations, () -> librarian.ask("What is RAG?"));

                    redis.commands().set("model:gpt:config", "{\"version\": \"3\"}");

                    await().untilAsserted(() -> {
                        CallExplanation explanation = operations.explain(() -> librarian.ask("What is RAG?"));
                        assertThat(explanation.because())
                                .endsWith("The nearest of 1 entry differs in model version (3, the entry has 2).");
                        assertThat(nearest(explanation).entries().get(0).differences())
                                .containsExactly(new Difference(RequestComponent.MODEL_VERSION, "3", "2"));
                        assertThat(Objects.requireNonNull(explanation.storedUnder()))
                                .startsWith(layout.equals("hash") ? "cache:gpt:prompt" : "prompt:");
                    });
                    assertThat(librarian.calls()).isOne();
                });
    }

    @Test
    void the_search_ends_after_a_thousand_entries() {
        with((operations, librarian) -> {
            stored(operations, () -> librarian.ask("What is RAG?"));
            String entry = Objects.requireNonNull(
                    redis.commands().get(redis.commands().keys("prompt:*").get(0)));
            for (int i = 0; i < 1_100; i++) {
                redis.commands().set("prompt:copy" + i, entry);
            }

            NearestEntries nearest = nearest(operations.explain(() -> librarian.ask("Who wrote Faust?")));

            assertThat(nearest.entries()).hasSize(5);
            assertThat(nearest.complete()).isFalse();
            // On a machine that is busy time may end it before.
            assertThat(nearest.compared()).isBetween(20, 1_020);
        });
    }

    @Test
    void a_call_of_a_decorated_model_is_explained_too() {
        application.run(context -> {
            AtomicInteger asked = new AtomicInteger();
            ChatModel model = CachingChatModel.builder()
                    .delegate(new ChatModel() {
                        @Override
                        public ChatResponse doChat(ChatRequest request) {
                            asked.incrementAndGet();
                            return ChatResponse.builder()
                                    .aiMessage(AiMessage.from("answer"))
                                    .build();
                        }
                    })
                    .name("demo")
                    .cache(ModelCache.builder(context.getBean(PromptCache.class))
                            .capture(context.getBean(PromptCallCapture.class))
                            .build())
                    .build();
            PromptCacheOperations operations = context.getBean(PromptCacheOperations.class);

            assertThat(operations.explain(() -> model.chat("What is RAG?")).outcome())
                    .isEqualTo(CacheOutcome.MISS);
            assertThat(asked).hasValue(0);
            stored(operations, () -> model.chat("What is RAG?"));

            CallExplanation other = operations.explain(() -> model.chat("Who wrote Faust?"));
            assertThat(other.cache()).isEqualTo("chat-model");
            assertThat(nearest(other).entries().get(0).differences())
                    .extracting(Difference::component)
                    .containsExactly(RequestComponent.PROMPT, RequestComponent.ARGUMENTS);
            assertThat(asked).hasValue(1);
        });
    }

    @Test
    void a_task_without_a_cached_call_is_refused() {
        with((operations, librarian) -> assertThatThrownBy(() -> operations.explain(() -> "nothing"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("No cached method was called"));
    }

    @Test
    void without_a_cache_no_task_is_run() {
        with(application.withPropertyValues("llm-cache.enabled=false"), (operations, librarian) -> {
            CallExplanation explanation = operations.explain(() -> librarian.ask("q"));

            assertThat(explanation.outcome()).isEqualTo(CacheOutcome.BYPASS);
            assertThat(explanation.cache()).isNull();
            assertThat(librarian.calls()).isZero();
        });
    }

    @Test
    void an_explanation_tells_no_text_by_its_name() {
        with((operations, librarian) -> {
            stored(operations, () -> librarian.mine("canary one", 1, "canary"));

            CallExplanation explanation = operations.explain(() -> librarian.mine("canary two", 1, "canary"));

            assertThat(explanation.toString()).doesNotContain("canary");
            assertThat(nearest(explanation).toString()).doesNotContain("canary");
        });
    }

    private NearEntry first(PromptCacheOperations operations, Callable<?> call) {
        return nearest(operations.explain(call)).entries().get(0);
    }

    private static NearestEntries nearest(CallExplanation explanation) {
        return Objects.requireNonNull(explanation.nearest());
    }

    private static List<State> states(CallExplanation explanation) {
        return explanation.findings().stream().map(Finding::state).toList();
    }
}
