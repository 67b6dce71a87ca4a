package io.github.llmcache.langchain4j;

import static io.github.llmcache.langchain4j.ChatModels.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.langchain4j.data.document.Metadata;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.output.Response;
import io.github.llmcache.autoconfigure.langchain4j.LlmCacheEmbeddingModelAutoConfiguration;
import io.github.llmcache.autoconfigure.langchain4j.LlmCacheLangChain4jAutoConfiguration;
import io.github.llmcache.autoconfigure.usage.LlmCacheUsageAutoConfiguration;
import io.github.llmcache.engine.PromptCallCapture;
import io.github.llmcache.engine.PromptCallDirectives;
import io.github.llmcache.engine.PromptDirectives;
import io.github.llmcache.engine.PromptNotCachedException;
import io.github.llmcache.event.BypassReason;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.CacheStatistics;
import io.github.llmcache.event.RejectionReason;
import io.github.llmcache.event.TierFailureEvent;
import io.github.llmcache.model.ModelConfig;
import io.github.llmcache.model.ModelConfigRegistry;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.OpenAiStub;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.RecordingListener;
import io.github.llmcache.testing.Reply;
import io.github.llmcache.tier.CacheEvictor;
import io.github.llmcache.tier.Eviction;
import io.github.llmcache.usage.UsageLimitExceededException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

class CachingEmbeddingModelTests {

    private final RealRedis redis = RealRedis.shared();
    private final OpenAiStub openAi = OpenAiStub.start();
    private final RecordingListener listener = new RecordingListener();
    private final ApplicationContextRunner plain = CacheApplication.on(redis)
            .withConfiguration(AutoConfigurations.of(
                    LlmCacheLangChain4jAutoConfiguration.class, LlmCacheEmbeddingModelAutoConfiguration.class))
            .withBean(RecordingListener.class, () -> listener)
            .withPropertyValues("llm-cache.langchain4j.embedding-model.enabled=true");
    private final ApplicationContextRunner application = plain.withBean("model", EmbeddingModel.class, this::openAi);

    @BeforeEach
    void empty_redis() {
        redis.commands().flushall();
    }

    @AfterEach
    void stop() {
        openAi.close();
    }

    private EmbeddingModel openAi() {
        return OpenAiEmbeddingModel.builder()
                .baseUrl(openAi.baseUrl())
                .apiKey("none")
                .modelName("embedding-test")
                .maxRetries(0)
                .build();
    }

    private static EmbeddingModel model(ApplicationContext context) {
        return context.getBean("model", EmbeddingModel.class);
    }

    private static List<TextSegment> segments(String... texts) {
        return List.of(texts).stream().map(TextSegment::from).toList();
    }

    private static float[] vector(String text) {
        return OpenAiStub.vector("embedding-test", text, 16);
    }

    private long commands(String command) {
        String statistics = redis.commands().info("commandstats");
        return statistics
                .lines()
                .filter(line -> line.startsWith("cmdstat_" + command + ":"))
                .map(line -> line.replaceAll(".*:calls=(\\d+),.*", "$1"))
                .mapToLong(Long::parseLong)
                .sum();
    }

    private void awaitStored(int count) {
        await().until(() -> redis.answers().stream()
                        .filter(key -> !key.startsWith("usage:"))
                        .count()
                == count);
    }

    @Test
    void a_text_is_embedded_once() {
        application.run(context -> {
            Response<Embedding> first = model(context).embed("a whale");
            Response<Embedding> second = model(context).embed(TextSegment.from("a whale"));

            assertThat(second.content()).isEqualTo(first.content());
            assertThat(second.content().vector()).containsExactly(vector("a whale"));
            assertThat(Objects.requireNonNull(second.tokenUsage()).inputTokenCount())
                    .as("nothing was asked")
                    .isZero();
            assertThat(openAi.embeddedTexts()).containsExactly("a whale");
        });
    }

    @Test
    void a_batch_counts_as_one_call_and_hits_as_none() {
        application
                .withConfiguration(AutoConfigurations.of(LlmCacheUsageAutoConfiguration.class))
                .withPropertyValues("llm-cache.usage.limits.day.calls=2")
                .run(context -> {
                    int tokens = Objects.requireNonNull(model(context)
                                    .embedAll(segments("a", "b", "c"))
                                    .tokenUsage())
                            .inputTokenCount();
                    awaitStored(3);
                    model(context).embedAll(segments("a", "b", "c"));

                    await().untilAsserted(() -> assertThat(redis.commands().get("usage:everybody:tokens"))
                            .isEqualTo(Integer.toString(tokens)));
                    model(context).embed("d");
                    assertThatExceptionOfType(UsageLimitExceededException.class)
                            .isThrownBy(() -> model(context).embedAll(segments("e", "f")));
                    assertThat(redis.commands().get("usage:everybody:count")).isEqualTo("2");
                });
    }

    @Test
    void of_a_batch_only_the_missing_texts_are_embedded_and_the_order_is_kept() {
        application.run(context -> {
            model(context).embedAll(segments("b", "d"));
            awaitStored(2);
            Response<List<Embedding>> all = model(context).embedAll(segments("a", "b", "c", "d", "e"));

            assertThat(all.content())
                    .extracting(Embedding::vector)
                    .containsExactly(vector("a"), vector("b"), vector("c"), vector("d"), vector("e"));
            assertThat(openAi.embeddingCalls()).hasSize(2);
            assertThat(openAi.embeddedTexts()).containsExactly("b", "d", "a", "c", "e");
            assertThat(listener.outcomes().subList(2, 7))
                    .containsExactlyInAnyOrder(
                            CacheOutcome.HIT,
                            CacheOutcome.HIT,
                            CacheOutcome.MISS,
                            CacheOutcome.MISS,
                            CacheOutcome.MISS);
            assertThat(listener.calls().stream().filter(call -> call.loaded()))
                    .as("each text that the model was asked for has its share of the time")
                    .hasSize(5);
        });
    }

    @Test
    void a_batch_costs_one_round_trip_to_redis() {
        String[] texts = IntStream.range(0, 100).mapToObj(i -> "text " + i).toArray(String[]::new);
        application.run(context -> {
            model(context).embedAll(segments(texts));
            awaitStored(100);
            redis.commands().configResetstat();
            model(context).embedAll(segments(texts));

            assertThat(commands("mget")).isEqualTo(1);
            assertThat(commands("get")).isZero();
            assertThat(openAi.embeddingCalls()).hasSize(1);
        });
    }

    @Test
    void a_batch_of_more_texts_than_one_command_takes_keeps_its_order() {
        String[] texts = IntStream.range(0, 300).mapToObj(i -> "text " + i).toArray(String[]::new);
        application.run(context -> {
            model(context).embedAll(segments(texts));
            awaitStored(300);
            List<Embedding> again = model(context).embedAll(segments(texts)).content();

            assertThat(openAi.embeddingCalls()).hasSize(1);
            for (int i = 0; i < texts.length; i++) {
                assertThat(again.get(i).vector()).containsExactly(vector(texts[i]));
            }
        });
    }

    @Test
    void a_text_that_is_twice_in_a_batch_is_embedded_once_and_its_vectors_belong_to_whoever_has_them() {
        application.run(context -> {
            List<Embedding> first =
                    model(context).embedAll(segments("same", "other", "same")).content();
            first.get(0).vector()[0] = 42;
            first.get(1).vector()[0] = 42;
            assertThat(first.get(2).vector()).containsExactly(vector("same"));
            awaitStored(2);

            Embedding again = model(context).embed("same").content();
            again.vector()[0] = 42;
            assertThat(model(context).embed("same").content().vector()).containsExactly(vector("same"));
            assertThat(model(context).embed("other").content().vector()).containsExactly(vector("other"));
            assertThat(openAi.embeddedTexts()).containsExactly("same", "other");
        });
    }

    @Test
    void model_dimensions_and_all_other_parameters_are_part_of_the_key() {
        application.run(context -> {
            EmbeddingModel model = model(context);
            int sixteen = model.embed("a whale").content().dimension();
            EmbeddingResponse eight = model.embed(
                    EmbeddingRequest.builder().input("a whale").dimensions(8).build());
            EmbeddingResponse otherModel = model.embed(EmbeddingRequest.builder()
                    .input("a whale")
                    .modelName("embedding-other")
                    .build());

            assertThat(sixteen).isEqualTo(16);
            assertThat(eight.embeddings().get(0).dimension()).isEqualTo(8);
            assertThat(otherModel.embeddings().get(0).vector())
                    .containsExactly(OpenAiStub.vector("embedding-other", "a whale", 16));
            assertThat(openAi.embeddingCalls()).hasSize(3);
            assertThat(model.embed(EmbeddingRequest.builder()
                                    .input("a whale")
                                    .dimensions(8)
                                    .build())
                            .embeddings())
                    .isEqualTo(eight.embeddings());
            assertThat(openAi.embeddingCalls()).hasSize(3);
        });
    }

    @Test
    void a_model_that_has_come_to_another_dimension_is_asked_for_the_whole_batch() {
        AtomicInteger dimension = new AtomicInteger(4);
        EmbeddingModel changing = new EmbeddingModel() {
            @Override
            public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
                return Response.from(segments.stream()
                        .map(segment -> Embedding.from(new float[dimension.get()]))
                        .toList());
            }
        };
        plain.withBean("model", EmbeddingModel.class, () -> changing).run(context -> {
            model(context).embedAll(segments("a", "b"));
            awaitStored(2);
            dimension.set(6);
            assertThat(model(context).embedAll(segments("a", "b", "c")).content())
                    .extracting(Embedding::dimension)
                    .containsExactly(6, 6, 6);
        });
    }

    @Test
    void a_model_that_gives_too_few_vectors_is_passed_on_as_it_is() {
        EmbeddingModel lazy = new EmbeddingModel() {
            @Override
            public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
                return Response.from(List.of(Embedding.from(new float[] {1})));
            }
        };
        plain.withBean("model", EmbeddingModel.class, () -> lazy).run(context -> {
            assertThat(model(context).embedAll(segments("a", "b")).content()).hasSize(1);
            assertThat(redis.answers()).isEmpty();
        });
    }

    @Test
    void metadata_is_part_of_the_key_only_where_the_model_may_look_at_it() {
        List<List<TextSegment>> embedded = new ArrayList<>();
        EmbeddingModel looking = new EmbeddingModel() {
            @Override
            public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
                embedded.add(segments);
                return Response.from(segments.stream()
                        .map(segment -> Embedding.from(new float[] {embedded.size()}))
                        .toList());
            }
        };
        TextSegment first = TextSegment.from("same", Metadata.from("title", "A"));
        TextSegment second = TextSegment.from("same", Metadata.from("title", "B"));
        plain.withBean("model", EmbeddingModel.class, () -> looking).run(context -> {
            model(context).embedAll(List.of(first, second));
            awaitStored(2);
            assertThat(embedded).containsExactly(List.of(first, second));
        });
        redis.commands().flushall();
        application.run(context -> {
            model(context).embedAll(List.of(first, second));
            assertThat(openAi.embeddedTexts()).containsExactly("same");
        });
    }

    @Test
    void a_model_with_methods_of_its_own_for_segments_is_asked_by_them() {
        EmbeddingModel titled = new EmbeddingModel() {
            @Override
            public Response<Embedding> embed(TextSegment segment) {
                String title = segment.metadata().getString("title");
                return Response.from(Embedding.from(new float[] {title == null ? 0 : title.length()}));
            }

            @Override
            public EmbeddingResponse doEmbed(EmbeddingRequest request) {
                return EmbeddingResponse.builder()
                        .embeddings(request.inputs().stream()
                                .map(input -> Embedding.from(new float[] {-1}))
                                .toList())
                        .build();
            }
        };
        plain.withBean("model", EmbeddingModel.class, () -> titled).run(context -> {
            TextSegment segment = TextSegment.from("same", Metadata.from("title", "seven__"));
            for (int round = 0; round < 2; round++) {
                assertThat(model(context).embed(segment).content().vector()).containsExactly(7);
                assertThat(model(context).embed("same").content().vector()).containsExactly(0);
                assertThat(model(context)
                                .embed(EmbeddingRequest.builder().input("same").build())
                                .embeddings()
                                .get(0)
                                .vector())
                        .containsExactly(-1);
            }
        });
    }

    @Test
    void an_entry_of_a_newer_format_is_left_alone_even_where_the_model_is_asked_anew() {
        application.run(context -> {
            model(context).embedAll(segments("a", "b"));
            awaitStored(2);
            String key = redis.answers().get(0);
            String newer = redis.commands().get(key).replace("\"v\":1", "\"v\":2");
            redis.commands().set(key, newer);
            context.getBean(PromptCallDirectives.class)
                    .call(PromptDirectives.NO_CACHE, () -> model(context).embedAll(segments("a", "b")));

            await().untilAsserted(() -> assertThat(listener.rejections()).contains(RejectionReason.NEWER_FORMAT));
            assertThat(redis.commands().get(key)).isEqualTo(newer);
        });
    }

    @Test
    void vectors_are_stored_as_compact_bytes_that_read_back_bit_by_bit() {
        float[] numbers = new float[1536];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) Math.sin(i) / 7;
        }
        numbers[0] = -0.0f;
        numbers[1] = Float.MIN_VALUE;
        EmbeddingModel large = new EmbeddingModel() {
            @Override
            public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
                return Response.from(List.of(Embedding.from(numbers.clone())));
            }
        };
        plain.withBean("model", EmbeddingModel.class, () -> large).run(context -> {
            model(context).embed("a whale");
            awaitStored(1);
            float[] back = model(context).embed("a whale").content().vector();
            for (int i = 0; i < numbers.length; i++) {
                assertThat(Float.floatToRawIntBits(back[i])).isEqualTo(Float.floatToRawIntBits(numbers[i]));
            }
            String entry = redis.commands().get(redis.answers().get(0));
            assertThat(entry).hasSizeLessThan(1536 * 4 * 4 / 3 + 400).contains("\"prompt\":\"a whale\"");
        });
    }

    @Test
    void a_vector_with_a_number_that_is_none_is_not_stored() {
        EmbeddingModel broken = new EmbeddingModel() {
            @Override
            public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
                return Response.from(List.of(Embedding.from(new float[] {1, Float.NaN})));
            }
        };
        plain.withBean("model", EmbeddingModel.class, () -> broken).run(context -> {
            model(context).embed("a whale");
            assertThat(event(context, () -> model(context).embed("a whale")).outcome())
                    .isEqualTo(CacheOutcome.MISS);
        });
    }

    @Test
    void the_tokens_of_a_batch_are_shared_out_so_that_their_sum_is_right() {
        application
                .withPropertyValues(
                        "llm-cache.models.embedding-test.input-price=1000",
                        "llm-cache.models.embedding-test.output-price=0")
                .run(context -> {
                    Response<List<Embedding>> spent =
                            model(context).embedAll(segments("a", "a longer text", "another one"));
                    awaitStored(3);
                    int calls = listener.calls().size();
                    model(context).embedAll(segments("a", "a longer text", "another one"));

                    long saved = listener.calls().stream()
                            .skip(calls)
                            .mapToLong(
                                    call -> Objects.requireNonNull(call.cost()).inputTokens())
                            .sum();
                    long money = listener.calls().stream()
                            .skip(calls)
                            .mapToLong(
                                    call -> Objects.requireNonNull(call.cost()).nanos())
                            .sum();
                    assertThat(saved)
                            .isEqualTo((long)
                                    Objects.requireNonNull(spent.tokenUsage()).inputTokenCount())
                            .isPositive();
                    assertThat(money).isEqualTo(saved * 1_000_000);
                    CacheStatistics.Snapshot counts =
                            context.getBean(CacheStatistics.class).of("embedding");
                    assertThat(counts.spent().inputTokens()).isEqualTo(saved);
                    assertThat(counts.saved().inputTokens()).isEqualTo(saved);
                });
    }

    @Test
    void errors_of_the_model_reach_the_caller_untouched_and_nothing_of_the_batch_is_stored() {
        application.run(context -> {
            openAi.embedding(request -> Reply.error(429, "Slow down"));
            assertThatExceptionOfType(RateLimitException.class)
                    .isThrownBy(() -> model(context).embedAll(segments("a", "b")));
            assertThat(redis.answers()).isEmpty();
            assertThat(listener.outcomes()).containsExactly(CacheOutcome.ERROR, CacheOutcome.ERROR);
        });
    }

    @Test
    void old_vectors_stand_in_for_a_model_that_fails_only_if_there_is_one_for_each_text() {
        application
                .withPropertyValues(
                        "llm-cache.caches.embedding.ttl=1ms", "llm-cache.caches.embedding.stale-if-error=1h")
                .run(context -> {
                    model(context).embedAll(segments("a", "b"));
                    awaitStored(2);
                    openAi.embedding(request -> Reply.error(500, "Oops"));
                    await().untilAsserted(() -> assertThat(
                                    model(context).embedAll(segments("b", "a")).content())
                            .extracting(Embedding::vector)
                            .containsExactly(vector("b"), vector("a")));
                    assertThatExceptionOfType(RuntimeException.class)
                            .isThrownBy(() -> model(context).embedAll(segments("a", "b", "c")));
                });
    }

    @Test
    void an_eviction_while_the_model_embeds_wins() {
        application.run(context -> {
            openAi.embedding(request -> {
                context.getBean(CacheEvictor.class).evict("embedding", new Eviction.OfAll());
                return Reply.text("");
            });
            model(context).embedAll(segments("a", "b"));
            await().untilAsserted(() -> assertThat(listener.rejections()).hasSize(2));
            assertThat(redis.answers()).isEmpty();
        });
    }

    @Test
    void texts_for_a_model_whose_version_is_not_known_yet_pass_the_cache_by() {
        application.withBean(ModelConfigRegistry.class, UnknownModels::new).run(context -> {
            assertThat(event(context, () -> model(context).embedAll(segments("a", "b")))
                            .bypass())
                    .isEqualTo(BypassReason.MODEL_CONFIG);
            assertThat(redis.answers()).isEmpty();
        });
    }

    /** Of which nothing was read yet. */
    private static final class UnknownModels implements ModelConfigRegistry {

        @Override
        public Optional<ModelConfig> find(String name) {
            return Optional.of(new ModelConfig(name, "1"));
        }

        @Override
        public boolean isKnown(String name) {
            return false;
        }
    }

    @Test
    void directives_and_scopes_count() {
        application.withBean(ModelScope.class, () -> () -> null).run(context -> {
            assertThat(event(context, () -> model(context).embedAll(segments("a", "b")))
                            .bypass())
                    .isEqualTo(BypassReason.SCOPE);
        });
        application.run(context -> {
            PromptCallDirectives directives = context.getBean(PromptCallDirectives.class);
            assertThatExceptionOfType(PromptNotCachedException.class)
                    .isThrownBy(() -> directives.call(PromptDirectives.ONLY_IF_CACHED, () -> model(context)
                            .embedAll(segments("a", "b"))));
            model(context).embedAll(segments("a", "b"));
            directives.call(PromptDirectives.NO_CACHE, () -> model(context).embedAll(segments("a", "b")));
            directives.call(PromptDirectives.NO_STORE, () -> model(context).embedAll(segments("a", "b")));
            assertThat(openAi.embeddingCalls()).hasSize(4);
            assertThat(context.getBean(PromptCallCapture.class)
                            .capture(() -> model(context).embed("a"))
                            .key()
                            .prompt())
                    .isEqualTo("a");
            assertThat(openAi.embeddingCalls()).hasSize(4);
        });
    }

    @Test
    void a_paused_redis_costs_no_text_its_vector() {
        String[] texts = IntStream.range(0, 300).mapToObj(i -> "text " + i).toArray(String[]::new);
        try (RealRedis mortal = RealRedis.start()) {
            CacheApplication.on(mortal)
                    .withConfiguration(AutoConfigurations.of(
                            LlmCacheLangChain4jAutoConfiguration.class, LlmCacheEmbeddingModelAutoConfiguration.class))
                    .withBean("model", EmbeddingModel.class, this::openAi)
                    .withBean(RecordingListener.class, () -> listener)
                    .withPropertyValues(
                            "llm-cache.langchain4j.embedding-model.enabled=true", "llm-cache.redis.timeout=250ms")
                    .run(context -> {
                        model(context).embed("a");
                        mortal.pause();
                        List<Embedding> all =
                                model(context).embedAll(segments(texts)).content();
                        mortal.resume();
                        assertThat(all).hasSize(300);
                        assertThat(all.get(299).vector()).containsExactly(vector("text 299"));
                        assertThat(listener.failures().stream()
                                        .filter(failure -> failure.operation() != TierFailureEvent.Operation.LOOKUP))
                                .as("what was not answered is not asked a second time")
                                .isEmpty();
                    });
        }
    }

    @Test
    void damaged_and_foreign_values_under_a_key_are_misses_and_are_overwritten() {
        application.run(context -> {
            model(context).embedAll(segments("a", "b", "c"));
            awaitStored(3);
            List<String> keys = redis.answers();
            redis.commands().set(keys.get(0), "rubbish");
            redis.commands().del(keys.get(1));
            redis.commands().lpush(keys.get(1), "a list");

            assertThat(model(context).embedAll(segments("a", "b", "c")).content())
                    .extracting(Embedding::vector)
                    .containsExactly(vector("a"), vector("b"), vector("c"));
            await().untilAsserted(() -> {
                model(context).embedAll(segments("a", "b", "c"));
                assertThat(keys).allMatch(key -> redis.commands().type(key).equals("string"));
            });
        });
    }
}
