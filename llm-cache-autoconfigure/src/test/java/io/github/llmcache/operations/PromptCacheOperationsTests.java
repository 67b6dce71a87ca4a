package io.github.llmcache.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.UserMessage;
import dev.langchain4j.service.V;
import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.annotation.Prompt;
import io.github.llmcache.autoconfigure.langchain4j.LlmCacheLangChain4jAutoConfiguration;
import io.github.llmcache.engine.PromptDirectives;
import io.github.llmcache.payload.PayloadException;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.RecordingEvictor;
import io.github.llmcache.tier.Eviction;
import io.github.llmcache.tier.TierException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class PromptCacheOperationsTests {

    private final RealRedis redis = RealRedis.shared();

    private final ApplicationContextRunner application = CacheApplication.on(redis)
            .withConfiguration(AutoConfigurations.of(LlmCacheLangChain4jAutoConfiguration.class))
            .withBean(RecordingEvictor.class)
            .withBean(Oracle.class)
            .withPropertyValues("llm-cache.default-model=demo");

    record Place(String name, List<String> sights) {}

    static class Oracle {

        private final AtomicInteger calls = new AtomicInteger();

        public int calls() {
            return calls.get();
        }

        @CachedPrompt
        public String ask(@Nullable String question) {
            calls.incrementAndGet();
            return "model's answer";
        }

        @CachedPrompt(cacheName = "places", scope = "#user", ttl = "10m", staleIfError = "5m")
        public Place place(@Prompt String question, String user) {
            calls.incrementAndGet();
            return new Place("nowhere", List.of());
        }

        @CachedPrompt
        public CompletableFuture<List<Integer>> numbers(String question) {
            calls.incrementAndGet();
            return CompletableFuture.completedFuture(List.of(1));
        }

        public String uncached(String question) {
            return question;
        }
    }

    interface Guide {

        @CachedPrompt
        @UserMessage("Explain {{topic}}.")
        String explain(@V("topic") String topic, @V("directives") @Nullable PromptDirectives directives);
    }

    private interface Task {
        void run(PromptCacheOperations operations, Oracle oracle) throws Exception;
    }

    private void with(Task task) {
        application.run(context -> {
            assertThat(context).hasNotFailed();
            task.run(context.getBean(PromptCacheOperations.class), context.getBean(Oracle.class));
        });
    }

    @Test
    void an_answer_that_is_put_is_what_the_method_answers_and_the_method_never_runs() {
        with((operations, oracle) -> {
            assertThat(operations.put(() -> oracle.ask("What is RAG?"), "by hand"))
                    .isTrue();

            assertThat(oracle.ask("what is  rag?")).isEqualTo("by hand");
            assertThat(oracle.calls()).isZero();
        });
    }

    @Test
    void an_answer_is_put_with_its_type_and_for_as_long_as_the_methods_own() {
        with((operations, oracle) -> {
            Place rome = new Place("Rome", List.of("Forum"));
            operations.put(() -> oracle.place("Where?", "anna"), rome);

            assertThat(oracle.place("Where?", "anna")).isEqualTo(rome);
            assertThat(oracle.place("Where?", "bert")).isNotEqualTo(rome);
            assertThat(redis.commands().keys("places:*"))
                    .anySatisfy(key -> assertThat(redis.commands().pttl(key)).isBetween(600_001L, 900_000L));
        });
    }

    @Test
    void an_answer_of_an_asynchronous_method_is_put_as_what_it_completes_with() {
        with((operations, oracle) -> {
            operations.put(() -> oracle.numbers("Which?"), List.of(4, 2));

            assertThat(oracle.numbers("Which?").join()).containsExactly(4, 2);
            assertThat(oracle.calls()).isZero();
        });
    }

    @Test
    void an_answer_of_another_type_is_refused() {
        with((operations, oracle) -> {
            assertThatThrownBy(() -> operations.put(() -> oracle.ask("question"), 5))
                    .isInstanceOf(PayloadException.class);
            assertThatThrownBy(() -> operations.put(() -> oracle.numbers("Which?"), "four"))
                    .isInstanceOf(PayloadException.class);
            assertThat(redis.answers()).isEmpty();
        });
    }

    @Test
    void an_answer_of_an_ai_service_is_put_and_evicted() {
        ChatModel model = new ChatModel() {
            @Override
            public ChatResponse doChat(ChatRequest request) {
                return ChatResponse.builder()
                        .aiMessage(AiMessage.from(request.messages().toString()))
                        .build();
            }
        };
        application
                .withBean(Guide.class, () -> AiServices.create(Guide.class, model))
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    PromptCacheOperations operations = context.getBean(PromptCacheOperations.class);
                    Guide guide = context.getBean(Guide.class);
                    operations.put(() -> guide.explain("RAG", PromptDirectives.NONE), "by hand");

                    assertThat(guide.explain("RAG", null)).isEqualTo("by hand");
                    assertThat(guide.explain("RAG", PromptDirectives.NO_STORE)).isNotEqualTo("by hand");
                    assertThat(guide.explain("Camels", null)).contains("Explain Camels.");
                    assertThat(guide.explain("Llamas", PromptDirectives.NONE))
                            .contains("Explain Llamas.")
                            .doesNotContain("Directives");
                    assertThat(operations.evict(() -> guide.explain("RAG", PromptDirectives.NONE)))
                            .isTrue();
                    assertThat(operations.evict(() -> guide.explain("RAG", PromptDirectives.NONE)))
                            .isFalse();
                    assertThat(guide.explain("RAG", PromptDirectives.NONE)).isNotEqualTo("by hand");
                });
    }

    interface TemplateOfDirectives {

        @CachedPrompt
        @UserMessage("Explain {{topic}} by {{ directives }}.")
        String explain(@V("topic") String topic, @V("directives") PromptDirectives directives);
    }

    interface NamelessDirectives {

        @CachedPrompt
        @UserMessage("Explain {{topic}}.")
        String explain(@V("topic") String topic, PromptDirectives directives);
    }

    @Test
    void directives_that_an_ai_service_would_trip_over_or_put_into_its_prompt_fail_the_start() {
        // LangChain4j itself would say so at the first call only.
        for (Class<?> service : List.of(TemplateOfDirectives.class, NamelessDirectives.class)) {
            application
                    .withBean("service", Object.class, () -> AiServices.create(service, new ChatModel() {}))
                    .run(context -> assertThat(context).getFailure().hasStackTraceContaining("PromptDirectives"));
        }
    }

    @Test
    void a_look_up_finds_what_was_put_and_never_runs_the_method() {
        with((operations, oracle) -> {
            assertThat(operations.lookUp(() -> oracle.ask("question"))).isEmpty();
            assertThat(operations.lookUpAsync(() -> oracle.numbers("Which?")).join())
                    .isEmpty();
            operations.put(() -> oracle.ask("question"), "by hand");
            operations.put(() -> oracle.numbers("Which?"), List.of(4));

            assertThat(operations.lookUp(() -> oracle.ask("question"))).contains("by hand");
            assertThat(operations.lookUpAsync(() -> oracle.numbers("Which?")).join())
                    .contains(List.of(4));
            assertThat(oracle.calls()).isZero();
        });
    }

    @Test
    void a_task_without_a_cached_call_or_with_one_that_has_no_key_is_refused_and_says_so() {
        with((operations, oracle) -> {
            assertThatThrownBy(() -> operations.put(() -> oracle.uncached("question"), "answer"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("No cached method was called");
            assertThatThrownBy(() -> operations.put(() -> oracle.ask(null), "answer"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("PROMPT");
            assertThatThrownBy(() -> operations.evict(() -> {
                        throw new IllegalArgumentException("mine");
                    }))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("mine");
            assertThat(oracle.ask("question")).isEqualTo("model's answer");
        });
    }

    @Test
    void what_a_task_catches_does_not_hide_the_call() {
        with((operations, oracle) -> {
            operations.put(
                    () -> {
                        try {
                            return oracle.ask("question");
                        } catch (RuntimeException ex) {
                            return oracle.ask("another question");
                        }
                    },
                    "by hand");

            assertThat(oracle.ask("question")).isEqualTo("by hand");
            assertThat(oracle.ask("another question")).isEqualTo("model's answer");
        });
    }

    @Test
    void a_look_up_needs_a_cached_call_and_finds_nothing_for_one_without_a_key() {
        with((operations, oracle) -> {
            assertThatThrownBy(() -> operations.lookUp(() -> oracle.uncached("question")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("No cached method was called");
            assertThat(operations.lookUp(() -> oracle.ask(" "))).isEmpty();
        });
    }

    @Test
    void a_look_up_finds_nothing_where_redis_fails() {
        try (RealRedis own = RealRedis.start()) {
            CacheApplication.on(own)
                    .withBean(RecordingEvictor.class)
                    .withBean(Oracle.class)
                    .withPropertyValues("llm-cache.redis.timeout=300ms")
                    .run(context -> {
                        PromptCacheOperations operations = context.getBean(PromptCacheOperations.class);
                        Oracle oracle = context.getBean(Oracle.class);
                        own.kill();

                        assertThat(operations.lookUp(() -> oracle.ask("question")))
                                .isEmpty();
                        assertThat(operations
                                        .lookUpAsync(() -> oracle.numbers("question"))
                                        .join())
                                .isEmpty();
                        assertThat(oracle.calls()).isZero();
                    });
        }
    }

    @Test
    void somebody_is_forgotten_in_every_cache() {
        with((operations, oracle) -> {
            oracle.ask("question");

            Forgotten forgotten = operations.forget("anna");

            assertThat(forgotten.entries()).containsOnlyKeys("places", "prompt");
            assertThat(forgotten.total()).isEqualTo(2);
            assertThatThrownBy(() -> operations.forget(" ")).isInstanceOf(IllegalArgumentException.class);
        });
    }

    @Test
    void who_forgets_waits_until_all_instances_know() {
        application.run(context -> {
            RecordingEvictor evictor = context.getBean(RecordingEvictor.class);
            evictor.settleIn(Duration.ofMinutes(5));
            Thread.currentThread().interrupt();

            assertThatThrownBy(
                            () -> context.getBean(PromptCacheOperations.class).forget("anna"))
                    .isInstanceOf(InterruptedException.class);
            assertThat(evictor.evictions()).contains(new Eviction.OfScope("anna"));
        });
    }

    @Test
    void evictions_reach_the_evictor() {
        application.run(context -> {
            PromptCacheOperations operations = context.getBean(PromptCacheOperations.class);
            operations.evictByTag("prompt", "a");
            operations.evictByModel("prompt", "b");
            operations.evictByScope("prompt", "c");
            operations.evictAll("prompt");

            assertThat(context.getBean(RecordingEvictor.class).evictions())
                    .containsExactly(
                            new Eviction.OfTag("a"),
                            new Eviction.OfModel("b"),
                            new Eviction.OfScope("c"),
                            new Eviction.OfAll());
        });
    }

    @Test
    void what_is_exported_can_be_read_back() {
        with((operations, oracle) -> {
            operations.put(() -> oracle.ask("Wie heißt das?\n\"So\""), "Zeile 1\nZeile 2 \u2028 \uD83D\uDE00");
            operations.put(() -> oracle.place("Where?", "anna"), new Place("Rome", List.of("Forum", "")));
            ByteArrayOutputStream out = new ByteArrayOutputStream();

            assertThat(operations.export("prompt", out)).isOne();
            assertThat(operations.export("places", out)).isOne();
            String entry =
                    redis.commands().get(redis.commands().keys("prompt:*").get(0));
            redis.commands().flushall();
            byte[] lines = out.toByteArray();
            WarmReport report = operations.warm(new ByteArrayInputStream(lines));

            assertThat(new String(lines, StandardCharsets.UTF_8).lines()).hasSize(2);
            assertThat(report).isEqualTo(new WarmReport(2, 0, 0, true, List.of()));
            assertThat(redis.commands().get(redis.commands().keys("prompt:*").get(0)))
                    .isEqualTo(entry)
                    .contains("\"parts\":{\"method\":");
            assertThat(oracle.ask("Wie heißt das?\n\"So\"")).isEqualTo("Zeile 1\nZeile 2 \u2028 \uD83D\uDE00");
            assertThat(oracle.place("Where?", "anna")).isEqualTo(new Place("Rome", List.of("Forum", "")));
            assertThat(oracle.calls()).isZero();
            assertThat(redis.commands().pttl(redis.commands().keys("places:*").get(0)))
                    .isBetween(500_000L, 600_000L);
            assertThat(operations.warm(new ByteArrayInputStream(lines)))
                    .isEqualTo(new WarmReport(0, 2, 0, true, List.of()));
        });
    }

    @Test
    void a_damaged_line_does_not_stop_the_rest_and_an_expired_one_is_skipped() {
        with((operations, oracle) -> {
            operations.put(() -> oracle.ask("question"), "by hand");
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            operations.export("prompt", out);
            redis.commands().flushall();
            String good = out.toString(StandardCharsets.UTF_8).strip();
            String lines = String.join(
                    "\n",
                    "secret",
                    "{\"cache\":\"prompt\"",
                    good + good,
                    good.replace("\"prompt\",\"digest", "\"unknown\",\"digest"),
                    good.replaceFirst("\"digest\":\"[^\"]*\"", "\"digest\":\"*\""),
                    good.replaceFirst("\"v\":1", "\"v\":99"),
                    good.replaceFirst(",\"payload\":.*", "}"),
                    "",
                    good.replaceFirst("\"freshUntil\":\\d+", "\"freshUntil\":1"),
                    good);

            WarmReport report = operations.warm(new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)));

            assertThat(report.stored()).isOne();
            assertThat(report.skipped()).isOne();
            assertThat(report.failed()).isEqualTo(7);
            assertThat(report.complete()).isTrue();
            assertThat(report.problems())
                    .extracting(WarmReport.Problem::line)
                    .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
            assertThat(report.toString())
                    .doesNotContain("secret")
                    .doesNotContain("by hand")
                    .doesNotContain("question");
            assertThat(oracle.ask("question")).isEqualTo("by hand");
        });
    }

    @Test
    void answers_to_prompts_are_put_by_calling_the_method(@TempDir Path folder) {
        with((operations, oracle) -> {
            Path file = Files.writeString(folder.resolve("answers.jsonl"), """
                    {"prompt": "What is RAG?", "answer": {"name": "R", "sights": []}}
                    {"prompt": " ", "answer": {"name": "R", "sights": []}}
                    {"prompt": "Who?", "answer": "nobody"}
                    {"prompt": "Why?"}
                    """);

            WarmReport report = operations.warm(file, prompt -> oracle.place(prompt, "anna"));

            assertThat(report.stored()).isOne();
            assertThat(report.failed()).isEqualTo(3);
            assertThat(oracle.place("what is rag?", "anna")).isEqualTo(new Place("R", List.of()));
            assertThat(oracle.calls()).isZero();
        });
    }

    @Test
    void a_put_fails_where_redis_does_and_warming_gives_up() {
        try (RealRedis own = RealRedis.start()) {
            CacheApplication.on(own)
                    .withBean(RecordingEvictor.class)
                    .withBean(Oracle.class)
                    .withPropertyValues("llm-cache.redis.timeout=300ms")
                    .run(context -> {
                        PromptCacheOperations operations = context.getBean(PromptCacheOperations.class);
                        Oracle oracle = context.getBean(Oracle.class);
                        own.kill();

                        assertThatThrownBy(() -> operations.put(() -> oracle.ask("question"), "answer"))
                                .isInstanceOf(TierException.class);
                        Path file = Files.createTempFile("answers", ".jsonl");
                        Files.writeString(file, "{\"prompt\": \"a\", \"answer\": \"b\"}\n".repeat(50));
                        WarmReport report = operations.warm(file, oracle::ask);
                        Files.delete(file);
                        assertThat(report.complete()).isFalse();
                        assertThat(report.failed()).isEqualTo(10);
                    });
        }
    }
}
