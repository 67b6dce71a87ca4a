package io.github.llmcache.redis;

import static io.github.llmcache.redis.Applications.awaitHit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.output.Response;
import io.github.llmcache.autoconfigure.langchain4j.LlmCacheChatModelAutoConfiguration;
import io.github.llmcache.autoconfigure.langchain4j.LlmCacheEmbeddingModelAutoConfiguration;
import io.github.llmcache.autoconfigure.langchain4j.LlmCacheLangChain4jAutoConfiguration;
import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.langchain4j.CachingChatModel;
import io.github.llmcache.langchain4j.ModelCache;
import io.github.llmcache.model.ModelConfig;
import io.github.llmcache.model.ModelConfigRegistry;
import io.github.llmcache.model.ModelConfigs;
import io.github.llmcache.operations.PromptCacheOperations;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.CacheEntry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** How long answers are kept where the TTL is registered of their model. */
class ModelTtlTests {

    private static final String KEY = "model:demo:config";
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final RealRedis redis = RealRedis.shared();

    @Test
    void the_methods_own_ttl_counts_before_the_models_that_before_the_caches_and_that_before_all_caches() {
        ApplicationContextRunner application =
                Applications.on(redis).withPropertyValues("llm-cache.ttl=3h", "llm-cache.caches.faq.ttl=2h");
        application.withPropertyValues("llm-cache.models.demo.ttl=30m").run(context -> {
            Oracle oracle = context.getBean(Oracle.class);
            assertThat(kept(context, () -> oracle.askBriefly("own"))).isEqualTo(Duration.ofSeconds(20));
            assertThat(kept(context, () -> oracle.askFaq("model"))).isEqualTo(Duration.ofMinutes(30));
            assertThat(kept(context, () -> oracle.ask("model"))).isEqualTo(Duration.ofMinutes(30));
        });
        application.withPropertyValues("llm-cache.models.demo.version=2").run(context -> {
            Oracle oracle = context.getBean(Oracle.class);
            assertThat(kept(context, () -> oracle.askFaq("cache"))).isEqualTo(Duration.ofHours(2));
            assertThat(kept(context, () -> oracle.ask("all"))).isEqualTo(Duration.ofHours(3));
        });
    }

    @Test
    void a_ttl_that_changes_in_redis_counts_for_answers_that_are_stored_after_it_and_for_no_others() {
        registering().withPropertyValues("llm-cache.models.demo.ttl=2h").run(context -> {
            Oracle oracle = context.getBean(Oracle.class);
            assertThat(kept(context, () -> oracle.ask("settings"))).isEqualTo(Duration.ofHours(2));

            redis.commands().set(KEY, "{\"ttl\": \"10m\"}");
            await().atMost(SECOND).until(() -> ttl(context).equals(Optional.of(Duration.ofMinutes(10))));
            assertThat(kept(context, () -> oracle.ask("by hand"))).isEqualTo(Duration.ofMinutes(10));
            assertThat(redis.commands().pttl("prompt:" + digestOf("settings")))
                    .isGreaterThan(Duration.ofMinutes(110).toMillis());

            ModelConfigs models = context.getBean(ModelConfigs.class);
            models.put(
                    new ModelConfig("demo", null, null, Map.of(), Duration.ofDays(5)),
                    models.get("demo").orElseThrow().revision());
            assertThat(kept(context, () -> oracle.ask("by the API"))).isEqualTo(Duration.ofDays(5));

            redis.commands().del(KEY);
            await().atMost(SECOND).until(() -> ttl(context).equals(Optional.of(Duration.ofHours(2))));
            assertThat(kept(context, () -> oracle.ask("settings again"))).isEqualTo(Duration.ofHours(2));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"version\":\"1\",\"tll\":\"10m\"}", "{\"ttl\":600}", "{\"ttl\":\"0s\"}"})
    void a_ttl_that_is_none_changes_nothing(String value) {
        redis.commands().set(KEY, "{\"ttl\": \"20m\"}");
        registering().run(context -> {
            Oracle oracle = context.getBean(Oracle.class);
            assertThat(kept(context, () -> oracle.ask("before"))).isEqualTo(Duration.ofMinutes(20));
            redis.commands().set(KEY, value);
            await().during(Duration.ofMillis(700))
                    .until(() -> ttl(context).equals(Optional.of(Duration.ofMinutes(20))));
            assertThat(kept(context, () -> oracle.ask("after"))).isEqualTo(Duration.ofMinutes(20));
        });
    }

    @Test
    void what_is_served_stale_is_kept_for_so_long_after_the_models_ttl() {
        Applications.on(redis)
                .withPropertyValues(
                        "llm-cache.models.demo.ttl=10m",
                        "llm-cache.stale-while-revalidate=5m",
                        "llm-cache.stale-if-error=1h")
                .run(context -> {
                    Oracle oracle = context.getBean(Oracle.class);
                    assertThat(kept(context, () -> oracle.ask("stale"))).isEqualTo(Duration.ofMinutes(10));
                    assertThat(redis.commands().pttl("prompt:" + digestOf("stale")))
                            .isCloseTo(Duration.ofMinutes(70).toMillis(), within(60_000L));
                });
    }

    @Test
    void the_jitter_shortens_the_models_ttl() {
        Applications.on(redis)
                .withPropertyValues("llm-cache.models.demo.ttl=10m", "llm-cache.ttl-jitter=0.5")
                .run(context -> {
                    Oracle oracle = context.getBean(Oracle.class);
                    List<Duration> kept = List.of(
                            kept(context, () -> oracle.ask("a")),
                            kept(context, () -> oracle.ask("b")),
                            kept(context, () -> oracle.ask("c")));
                    assertThat(kept)
                            .allMatch(time -> time.compareTo(Duration.ofMinutes(5)) >= 0
                                    && time.compareTo(Duration.ofMinutes(10)) <= 0);
                    assertThat(kept.stream().distinct()).hasSizeGreaterThan(1);
                });
    }

    @Test
    void in_the_hash_layout_it_counts_too() {
        Applications.on(redis)
                .withPropertyValues("llm-cache.models.demo.ttl=10m", "llm-cache.layout=hash")
                .run(context -> {
                    Oracle oracle = context.getBean(Oracle.class);
                    awaitHit(context, () -> oracle.ask("Why?"));
                    String envelope =
                            redis.commands().hvals("cache:demo:prompt").get(0);
                    assertThat(kept(envelope)).isEqualTo(Duration.ofMinutes(10));
                    assertThat(redis.commands().pttl("cache:demo:prompt"))
                            .isCloseTo(Duration.ofMinutes(10).toMillis(), within(60_000L));
                });
    }

    @Test
    void decorated_models_keep_their_answers_by_the_ttl_of_the_model_that_the_request_names() {
        registering()
                .withConfiguration(AutoConfigurations.of(
                        LlmCacheLangChain4jAutoConfiguration.class,
                        LlmCacheChatModelAutoConfiguration.class,
                        LlmCacheEmbeddingModelAutoConfiguration.class))
                .withBean("chat", ChatModel.class, Chat::new)
                .withBean("embedding", EmbeddingModel.class, Embeddings::new)
                .withPropertyValues(
                        "llm-cache.langchain4j.chat-model.enabled=true",
                        "llm-cache.langchain4j.embedding-model.enabled=true",
                        "llm-cache.caches.chat-model.ttl=2h",
                        "llm-cache.models.big.ttl=40m",
                        "llm-cache.models.vectors.ttl=90d")
                .run(context -> {
                    ChatModel chat = context.getBean(ChatModel.class);
                    chat.chat("Why?");
                    assertThat(awaitKept("chat-model:*")).isEqualTo(Duration.ofMinutes(40));
                    redis.commands().set("model:big:config", "{\"ttl\":\"PT5M\"}");
                    await().atMost(SECOND).until(() -> context.getBean(ModelConfigRegistry.class)
                            .find("big")
                            .map(ModelConfig::ttl)
                            .equals(Optional.of(Duration.ofMinutes(5))));
                    redis.commands().flushall();
                    chat.chat("Why not?");
                    assertThat(awaitKept("chat-model:*")).isEqualTo(Duration.ofMinutes(5));

                    context.getBean(EmbeddingModel.class).embed("text");
                    assertThat(awaitKept("embedding:*")).isEqualTo(Duration.ofDays(90));
                });
    }

    @Test
    void without_a_container_it_counts_too() {
        LettuceConnectionFactory factory = new LettuceConnectionFactory("127.0.0.1", redis.port());
        factory.afterPropertiesSet();
        factory.start();
        try (RedisPromptCache cache = RedisPromptCache.builder(factory)
                .timeout(Duration.ofSeconds(3))
                .models(List.of(new ModelConfig("big", null, null, Map.of(), Duration.ofDays(40))))
                .build()) {
            ChatModel model = CachingChatModel.builder()
                    .delegate(new Chat())
                    .name("chat")
                    .cache(ModelCache.builder(cache.cache())
                            .catalog(cache.catalog())
                            .build())
                    .build();
            await().until(() -> {
                model.chat("Why?");
                return !redis.commands().keys("chat-model:*").isEmpty();
            });
            assertThat(awaitKept("chat-model:*")).isEqualTo(Duration.ofDays(40));
            assertThat(cache.catalog().longestKept("chat-model")).isGreaterThanOrEqualTo(Duration.ofDays(40));
        } finally {
            factory.destroy();
        }
    }

    @Test
    void answers_that_are_put_by_hand_exported_and_warmed_are_kept_by_it_too(@TempDir Path folder) {
        Applications.on(redis)
                .withPropertyValues("llm-cache.models.demo.ttl=10d", "llm-cache.ttl=1h")
                .run(context -> {
                    Oracle oracle = context.getBean(Oracle.class);
                    PromptCacheOperations operations = context.getBean(PromptCacheOperations.class);
                    Path file = folder.resolve("answers.jsonl");
                    assertThat(operations.put(() -> oracle.ask("Why?"), "Because."))
                            .isTrue();
                    assertThat(awaitKept("prompt:*")).isEqualTo(Duration.ofDays(10));
                    operations.export("prompt", file);
                    redis.commands().flushall();
                    operations.warm(file);
                    assertThat(redis.commands()
                                    .pttl(redis.commands().keys("prompt:*").get(0)))
                            .isGreaterThan(Duration.ofDays(9).toMillis());
                });
    }

    @Test
    void an_eviction_that_waits_for_redis_is_tried_for_as_long_as_any_model_has_kept_answers() {
        redis.commands().set(KEY, "{\"ttl\":\"60d\"}");
        registering().withPropertyValues("llm-cache.models.other.ttl=30d").run(context -> {
            CacheCatalog catalog = context.getBean(CacheCatalog.class);
            await().atMost(SECOND).until(() -> ttl(context).equals(Optional.of(Duration.ofDays(60))));
            assertThat(catalog.longestKept("prompt")).isGreaterThanOrEqualTo(Duration.ofDays(60));

            redis.commands().del(KEY);
            await().atMost(SECOND).until(() -> ttl(context).isEmpty());
            assertThat(catalog.longestKept("prompt"))
                    .as("what was stored before is there still")
                    .isGreaterThanOrEqualTo(Duration.ofDays(60));
        });
        Applications.on(redis)
                .withPropertyValues("llm-cache.models.other.ttl=30d")
                .run(context -> assertThat(context.getBean(CacheCatalog.class).longestKept("prompt"))
                        .isGreaterThanOrEqualTo(Duration.ofDays(30)));
        Applications.on(redis)
                .run(context -> assertThat(context.getBean(CacheCatalog.class).longestKept("prompt"))
                        .isEqualTo(Duration.ofHours(1)));
    }

    @Test
    void a_hit_does_not_ask_for_it() {
        AtomicInteger asked = new AtomicInteger();
        ModelConfigRegistry registry = name -> {
            asked.incrementAndGet();
            return Optional.of(new ModelConfig(name, "1", null, Map.of(), Duration.ofMinutes(10)));
        };
        Applications.on(redis)
                .withBean(ModelConfigRegistry.class, () -> registry)
                .run(context -> {
                    Oracle oracle = context.getBean(Oracle.class);
                    assertThat(kept(context, () -> oracle.ask("Why?"))).isEqualTo(Duration.ofMinutes(10));
                    asked.set(0);
                    oracle.ask("Why?");
                    assertThat(asked.get()).as("the version alone is asked for").isEqualTo(1);
                });
    }

    @Test
    void a_registry_that_fails_when_an_answer_is_stored_is_no_reason_not_to_keep_it() {
        AtomicInteger asked = new AtomicInteger(-1000);
        ModelConfigRegistry registry = name -> {
            if (asked.incrementAndGet() > 0) {
                throw new IllegalStateException("canary");
            }
            return Optional.empty();
        };
        Applications.on(redis)
                .withBean(ModelConfigRegistry.class, () -> registry)
                .run(context -> {
                    Oracle oracle = context.getBean(Oracle.class);
                    // The call asks for the version first.
                    asked.set(-1);
                    assertThat(oracle.ask("Why?")).isEqualTo(Oracle.answerTo("Why?"));
                    assertThat(awaitKept("prompt:*")).isEqualTo(Duration.ofHours(1));
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "-1h", "1ns", "3651d", "PT9999999999999H"})
    void a_ttl_that_cannot_be_fails_the_start_and_is_named(String ttl) {
        Applications.on(redis)
                .withPropertyValues("llm-cache.models.demo.ttl=" + ttl)
                .run(context ->
                        assertThat(context).getFailure().rootCause().hasMessageContaining("llm-cache.models.demo.ttl"));
    }

    private ApplicationContextRunner registering() {
        return Applications.on(redis).withPropertyValues("llm-cache.model-registry.enabled=true");
    }

    private static Optional<Duration> ttl(ApplicationContext context) {
        return context.getBean(ModelConfigRegistry.class).find("demo").map(ModelConfig::ttl);
    }

    private final Map<String, String> digests = new HashMap<>();

    private String digestOf(String name) {
        return Objects.requireNonNull(digests.get(name));
    }

    /** Asks, and tells for how long the answer is fresh that is stored then. */
    private Duration kept(ApplicationContext context, Callable<String> call) throws Exception {
        List<String> before = redis.answers();
        String answer = call.call();
        awaitHit(context, call);
        String key = redis.answers().stream()
                .filter(name -> !before.contains(name) && !name.startsWith("model:"))
                .findFirst()
                .orElseThrow();
        digests.put(answer.substring(Oracle.answerTo("").length()), key.substring(key.indexOf(':') + 1));
        return kept(redis.commands().get(key));
    }

    private Duration awaitKept(String pattern) {
        await().until(() -> !redis.commands().keys(pattern).isEmpty());
        return kept(redis.commands().get(redis.commands().keys(pattern).get(0)));
    }

    private static Duration kept(String envelope) {
        CacheEntry entry = new EntryCodec().read(envelope.getBytes(StandardCharsets.UTF_8));
        return Duration.between(entry.createdAt(), entry.freshUntil());
    }

    private static final class Chat implements ChatModel {

        @Override
        public ChatRequestParameters defaultRequestParameters() {
            return ChatRequestParameters.builder().modelName("big").build();
        }

        @Override
        public ChatResponse doChat(ChatRequest request) {
            return ChatResponse.builder().aiMessage(AiMessage.from("Because.")).build();
        }
    }

    private static final class Embeddings implements EmbeddingModel {

        @Override
        public String modelName() {
            return "vectors";
        }

        @Override
        public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
            return Response.from(segments.stream()
                    .map(segment -> Embedding.from(new float[] {1, 2}))
                    .toList());
        }
    }
}
