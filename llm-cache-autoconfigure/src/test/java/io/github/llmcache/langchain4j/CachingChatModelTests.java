package io.github.llmcache.langchain4j;

import static io.github.llmcache.langchain4j.ChatModels.cachingBoth;
import static io.github.llmcache.langchain4j.ChatModels.event;
import static io.github.llmcache.langchain4j.ChatModels.outcome;
import static io.github.llmcache.langchain4j.ChatModels.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.image.Image;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.listener.ChatModelRequestContext;
import dev.langchain4j.model.chat.listener.ChatModelResponseContext;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiChatResponseMetadata;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import io.github.llmcache.engine.PromptCallCapture;
import io.github.llmcache.engine.PromptCallDirectives;
import io.github.llmcache.engine.PromptDirectives;
import io.github.llmcache.engine.PromptNotCachedException;
import io.github.llmcache.event.AnswerCost;
import io.github.llmcache.event.BypassReason;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.PromptCacheEvent;
import io.github.llmcache.model.ModelConfig;
import io.github.llmcache.model.ModelConfigRegistry;
import io.github.llmcache.testing.OpenAiStub;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class CachingChatModelTests {

    private final RealRedis redis = RealRedis.shared();
    private final OpenAiStub openAi = OpenAiStub.start();
    private final AtomicInteger answers = new AtomicInteger();
    private final ApplicationContextRunner application = cachingBoth(redis, openAi);

    @BeforeEach
    void answer_with_a_number() {
        redis.commands().flushall();
        openAi.answering(request -> Reply.text("Answer " + answers.incrementAndGet() + "."));
    }

    @AfterEach
    void stop() {
        openAi.close();
    }

    private static ChatRequest asking(String text) {
        return ChatRequest.builder().messages(UserMessage.from(text)).build();
    }

    private static ChatModel chat(org.springframework.context.ApplicationContext context) {
        return context.getBean("chat", ChatModel.class);
    }

    @Test
    void a_repeated_request_is_answered_from_the_cache_with_all_that_every_provider_tells() {
        application.run(context -> {
            openAi.answering(
                    Reply.text("Because.").usage(11, 7).id("chatcmpl-7").model("gpt-test-2026"));
            ChatResponse first = chat(context).chat(asking("Why?"));
            ChatResponse second = chat(context).chat(asking("Why?"));

            assertThat(openAi.chatCalls()).hasSize(1);
            assertThat(first).isNotInstanceOf(CachedChatResponse.class);
            assertThat(first.metadata()).isInstanceOf(OpenAiChatResponseMetadata.class);
            assertThat(second).isInstanceOf(CachedChatResponse.class);
            assertThat(second.aiMessage()).isEqualTo(first.aiMessage()).isEqualTo(AiMessage.from("Because."));
            assertThat(second.id()).isEqualTo("chatcmpl-7");
            assertThat(second.modelName()).isEqualTo("gpt-test-2026");
            assertThat(second.finishReason()).isEqualTo(FinishReason.STOP);
            assertThat(second.tokenUsage()).isEqualTo(new TokenUsage(11, 7, 18));
            assertThat(second.metadata())
                    .hasSameClassAs(ChatResponseMetadata.builder().build());
        });
    }

    @Test
    void every_way_to_ask_the_same_is_one_request() {
        application.run(context -> {
            ChatModel chat = chat(context);
            String answer = chat.chat("Why?");

            assertThat(chat.chat(UserMessage.from("Why?")).aiMessage().text()).isEqualTo(answer);
            assertThat(chat.chat(List.of(UserMessage.from("Why?"))).aiMessage().text())
                    .isEqualTo(answer);
            assertThat(chat.chat(asking("Why?"), ChatRequestOptions.EMPTY)
                            .aiMessage()
                            .text())
                    .isEqualTo(answer);
            assertThat(chat.chat(ChatRequest.builder()
                                    .messages(UserMessage.from("Why?"))
                                    .modelName("gpt-test")
                                    .build())
                            .aiMessage()
                            .text())
                    .as("the model's own name, said once more")
                    .isEqualTo(answer);
            assertThat(openAi.chatCalls()).hasSize(1);
        });
    }

    @Test
    void all_that_may_change_the_answer_is_part_of_the_key() {
        JsonObjectSchema cityFirst = schema("city", "country");
        JsonObjectSchema countryFirst = schema("country", "city");
        ToolSpecification tool = ToolSpecification.builder()
                .name("weather")
                .parameters(cityFirst)
                .build();
        Map<String, ChatRequest> requests = new LinkedHashMap<>();
        requests.put("plain", asking("Why?"));
        requests.put("other text", asking("why?"));
        requests.put("white space", asking("Why? "));
        requests.put(
                "named user",
                ChatRequest.builder().messages(UserMessage.from("ann", "Why?")).build());
        requests.put(
                "system text",
                ChatRequest.builder()
                        .messages(SystemMessage.from("Be brief."), UserMessage.from("Why?"))
                        .build());
        requests.put(
                "other system text",
                ChatRequest.builder()
                        .messages(SystemMessage.from("Be long."), UserMessage.from("Why?"))
                        .build());
        requests.put(
                "order",
                ChatRequest.builder()
                        .messages(UserMessage.from("Why?"), SystemMessage.from("Be brief."))
                        .build());
        requests.put(
                "roles",
                ChatRequest.builder()
                        .messages(UserMessage.from("Be brief."), UserMessage.from("Why?"))
                        .build());
        requests.put(
                "history",
                ChatRequest.builder()
                        .messages(UserMessage.from("Hi"), AiMessage.from("Hello"), UserMessage.from("Why?"))
                        .build());
        requests.put(
                "other history",
                ChatRequest.builder()
                        .messages(UserMessage.from("Hi"), AiMessage.from("Hello!"), UserMessage.from("Why?"))
                        .build());
        requests.put(
                "two texts",
                ChatRequest.builder()
                        .messages(UserMessage.from(TextContent.from("Wh"), TextContent.from("y?")))
                        .build());
        requests.put(
                "image by URL",
                image(Image.builder().url("http://localhost/a.png").build(), ImageContent.DetailLevel.LOW));
        requests.put(
                "image by other URL",
                image(Image.builder().url("http://localhost/b.png").build(), ImageContent.DetailLevel.LOW));
        requests.put(
                "image in more detail",
                image(Image.builder().url("http://localhost/a.png").build(), ImageContent.DetailLevel.HIGH));
        requests.put(
                "image by bytes",
                image(Image.builder().base64Data("AAAA").mimeType("image/png").build(), ImageContent.DetailLevel.LOW));
        requests.put(
                "image by other bytes",
                image(Image.builder().base64Data("AAAB").mimeType("image/png").build(), ImageContent.DetailLevel.LOW));
        requests.put(
                "other model",
                ChatRequest.builder()
                        .messages(UserMessage.from("Why?"))
                        .modelName("gpt-other")
                        .build());
        requests.put(
                "temperature",
                ChatRequest.builder()
                        .messages(UserMessage.from("Why?"))
                        .temperature(0.5)
                        .build());
        requests.put(
                "top p",
                ChatRequest.builder()
                        .messages(UserMessage.from("Why?"))
                        .topP(0.5)
                        .build());
        requests.put(
                "frequency penalty",
                ChatRequest.builder()
                        .messages(UserMessage.from("Why?"))
                        .frequencyPenalty(0.5)
                        .build());
        requests.put(
                "presence penalty",
                ChatRequest.builder()
                        .messages(UserMessage.from("Why?"))
                        .presencePenalty(0.5)
                        .build());
        requests.put(
                "output tokens",
                ChatRequest.builder()
                        .messages(UserMessage.from("Why?"))
                        .maxOutputTokens(100)
                        .build());
        requests.put(
                "stop",
                ChatRequest.builder()
                        .messages(UserMessage.from("Why?"))
                        .stopSequences(List.of("a", "b"))
                        .build());
        requests.put(
                "stop otherwise",
                ChatRequest.builder()
                        .messages(UserMessage.from("Why?"))
                        .stopSequences(List.of("a,b"))
                        .build());
        requests.put(
                "tool",
                ChatRequest.builder()
                        .messages(UserMessage.from("Why?"))
                        .toolSpecifications(tool)
                        .build());
        requests.put(
                "tool by choice",
                ChatRequest.builder()
                        .messages(UserMessage.from("Why?"))
                        .toolSpecifications(tool)
                        .toolChoice(ToolChoice.REQUIRED)
                        .build());
        requests.put(
                "tool described",
                ChatRequest.builder()
                        .messages(UserMessage.from("Why?"))
                        .toolSpecifications(
                                tool.toBuilder().description("of a city").build())
                        .build());
        requests.put(
                "JSON",
                ChatRequest.builder()
                        .messages(UserMessage.from("Why?"))
                        .responseFormat(ResponseFormat.JSON)
                        .build());
        requests.put(
                "schema",
                ChatRequest.builder()
                        .messages(UserMessage.from("Why?"))
                        .responseFormat(format("Place", cityFirst))
                        .build());
        requests.put(
                "schema of other name",
                ChatRequest.builder()
                        .messages(UserMessage.from("Why?"))
                        .responseFormat(format("Spot", cityFirst))
                        .build());
        requests.put(
                "schema in other order",
                ChatRequest.builder()
                        .messages(UserMessage.from("Why?"))
                        .responseFormat(format("Place", countryFirst))
                        .build());
        requests.put(
                "seed", parameters(OpenAiChatRequestParameters.builder().seed(1).build()));
        requests.put(
                "other seed",
                parameters(OpenAiChatRequestParameters.builder().seed(2).build()));
        requests.put(
                "reasoning",
                parameters(OpenAiChatRequestParameters.builder()
                        .reasoningEffort("low")
                        .build()));
        requests.put(
                "parameter of one's own",
                parameters(OpenAiChatRequestParameters.builder()
                        .customParameters(Map.of("top_a", 0.1))
                        .build()));

        application.run(context -> {
            Map<String, String> given = new LinkedHashMap<>();
            requests.forEach((what, request) -> {
                String answer = chat(context).chat(request).aiMessage().text();
                assertThat(given).as(what).doesNotContainValue(answer);
                given.put(what, answer);
            });
            requests.forEach((what, request) -> assertThat(
                            chat(context).chat(request).aiMessage().text())
                    .as(what)
                    .isEqualTo(given.get(what)));
            assertThat(openAi.chatCalls()).hasSize(requests.size());
        });
    }

    private static JsonObjectSchema schema(String first, String second) {
        return JsonObjectSchema.builder()
                .addStringProperty(first)
                .addStringProperty(second)
                .build();
    }

    private static ResponseFormat format(String name, JsonObjectSchema schema) {
        return ResponseFormat.builder()
                .type(ResponseFormatType.JSON)
                .jsonSchema(JsonSchema.builder().name(name).rootElement(schema).build())
                .build();
    }

    private static ChatRequest image(Image image, ImageContent.DetailLevel detail) {
        return ChatRequest.builder()
                .messages(UserMessage.from(TextContent.from("Why?"), ImageContent.from(image, detail)))
                .build();
    }

    private static ChatRequest parameters(ChatRequestParameters parameters) {
        return ChatRequest.builder()
                .messages(UserMessage.from("Why?"))
                .parameters(parameters)
                .build();
    }

    @Test
    void two_models_side_by_side_do_not_share_answers_even_if_they_go_by_one_name() {
        try (OpenAiStub other = OpenAiStub.start()) {
            other.answering(Reply.text("Another server's answer."));
            application
                    .withBean("mini", ChatModel.class, () -> whole(openAi, model -> model.modelName("gpt-mini")))
                    .withBean("elsewhere", ChatModel.class, () -> whole(other, model -> model))
                    .run(context -> {
                        ChatModel mini = context.getBean("mini", ChatModel.class);
                        ChatModel elsewhere = context.getBean("elsewhere", ChatModel.class);

                        assertThat(chat(context).chat("Why?")).isEqualTo("Answer 1.");
                        assertThat(mini.chat("Why?")).isEqualTo("Answer 2.");
                        assertThat(elsewhere.chat("Why?")).isEqualTo("Another server's answer.");
                        assertThat(chat(context).chat("Why?")).isEqualTo("Answer 1.");
                    });
        }
    }

    @Test
    void models_that_the_settings_give_one_name_share_answers() {
        application
                .withBean("twin", ChatModel.class, () -> whole(openAi, model -> model))
                .withPropertyValues(
                        "llm-cache.langchain4j.chat-model.names.chat=gpt",
                        "llm-cache.langchain4j.chat-model.names.twin=gpt")
                .run(context -> assertThat(
                                context.getBean("twin", ChatModel.class).chat("Why?"))
                        .isEqualTo(chat(context).chat("Why?")));
    }

    @Test
    void listeners_of_the_model_hear_only_of_requests_that_reach_it_with_the_attributes_of_the_call() {
        List<Object> heard = new ArrayList<>();
        ChatModelListener listener = new ChatModelListener() {
            @Override
            public void onRequest(ChatModelRequestContext context) {
                heard.add(context.attributes().get("user"));
            }

            @Override
            public void onResponse(ChatModelResponseContext context) {
                heard.add(context.chatResponse().tokenUsage().totalTokenCount());
            }
        };
        ChatModels.caching(redis)
                .withBean("chat", ChatModel.class, () -> whole(openAi, model -> model.listeners(List.of(listener))))
                .run(context -> {
                    ChatRequestOptions options = ChatRequestOptions.builder()
                            .addListenerAttribute("user", "ann")
                            .build();
                    chat(context).chat(asking("Why?"), options);
                    chat(context).chat(asking("Why?"), options);

                    assertThat(heard).containsExactly("ann", 25);
                    assertThat(chat(context).listeners()).containsExactly(listener);
                });
    }

    @Test
    void errors_reach_the_caller_untouched_and_are_not_stored() {
        application.run(context -> {
            openAi.answering(Reply.error(429, "Slow down"));
            assertThatExceptionOfType(RateLimitException.class)
                    .isThrownBy(() -> chat(context).chat("Why?"));
            openAi.answering(Reply.error(500, "Oops"));
            assertThatExceptionOfType(InternalServerException.class)
                    .isThrownBy(() -> chat(context).chat("Why?"));
            assertThat(redis.answers()).isEmpty();

            openAi.answering(Reply.text("Because."));
            assertThat(chat(context).chat("Why?")).isEqualTo("Because.");
            assertThat(openAi.chatCalls()).hasSize(3);
        });
    }

    @Test
    void a_time_out_reaches_the_caller_untouched_and_is_not_stored() {
        CountDownLatch never = new CountDownLatch(1);
        ChatModels.caching(redis)
                .withBean("chat", ChatModel.class, () -> whole(openAi, model -> model.timeout(Duration.ofMillis(200))))
                .run(context -> {
                    openAi.answering(Reply.text("Too late.").heldUntil(never));
                    assertThatExceptionOfType(TimeoutException.class)
                            .isThrownBy(() -> chat(context).chat("Why?"));
                    never.countDown();
                    assertThat(redis.answers()).isEmpty();
                });
    }

    @Test
    void answers_that_are_not_whole_are_not_stored_unless_the_settings_say_so() {
        Map<String, Reply> replies = Map.of(
                "truncated", Reply.text("Half an").finishReason("length"),
                "filtered", Reply.text("Half an").finishReason("content_filter"),
                "tool-calls", Reply.toolCalls(new Reply.ToolCall("1", "weather", "{}")));
        replies.forEach((what, reply) -> {
            openAi.answering(reply);
            application.run(context -> {
                assertThat(outcome(context, chat(context), asking(what))).isEqualTo(CacheOutcome.MISS);
                assertThat(outcome(context, chat(context), asking(what)))
                        .as(what)
                        .isEqualTo(CacheOutcome.MISS);
            });
            application
                    .withPropertyValues("llm-cache.caches.chat-model.admission." + what + "=true")
                    .run(context -> {
                        ChatResponse first = chat(context).chat(asking(what));
                        assertThat(outcome(context, chat(context), asking(what)))
                                .as(what)
                                .isEqualTo(CacheOutcome.HIT);
                        assertThat(chat(context).chat(asking(what)).aiMessage()).isEqualTo(first.aiMessage());
                    });
        });
    }

    @Test
    void a_request_to_a_model_whose_version_is_not_known_yet_passes_the_cache_by() {
        ChatRequest request =
                ChatRequest.builder().messages(UserMessage.from("Why?")).build();
        application.withBean(ModelConfigRegistry.class, UnknownModels::new).run(context -> {
            for (int i = 0; i < 2; i++) {
                PromptCacheEvent event = event(context, () -> chat(context).chat(request));
                assertThat(event.outcome()).isEqualTo(CacheOutcome.BYPASS);
                assertThat(event.bypass()).isEqualTo(BypassReason.MODEL_CONFIG);
            }
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
    void a_request_of_a_higher_temperature_than_the_settings_allow_passes_the_cache_by() {
        ChatRequest hot = ChatRequest.builder()
                .messages(UserMessage.from("Why?"))
                .temperature(0.9)
                .build();
        application.run(context -> {
            chat(context).chat(hot);
            assertThat(outcome(context, chat(context), hot))
                    .as("off by default")
                    .isEqualTo(CacheOutcome.HIT);
        });
        application
                .withPropertyValues("llm-cache.admission.max-temperature=0.3")
                .run(context -> {
                    PromptCacheEvent event = event(context, () -> chat(context).chat(hot));
                    assertThat(event.outcome()).isEqualTo(CacheOutcome.BYPASS);
                    assertThat(event.bypass()).isEqualTo(BypassReason.ADMISSION);
                    ChatRequest mild = ChatRequest.builder()
                            .messages(UserMessage.from("Why?"))
                            .temperature(0.3)
                            .build();
                    chat(context).chat(mild);
                    assertThat(outcome(context, chat(context), mild)).isEqualTo(CacheOutcome.HIT);
                });
        application
                .withPropertyValues("llm-cache.admission.max-temperature=0.3")
                .withBean("hot", ChatModel.class, () -> whole(openAi, model -> model.temperature(1.0)))
                .run(context -> assertThat(outcome(context, context.getBean("hot", ChatModel.class), asking("Why?")))
                        .as("the model's own temperature")
                        .isEqualTo(CacheOutcome.BYPASS));
    }

    @Test
    void a_hit_tells_the_tokens_and_the_money_that_it_saved() {
        application
                .withPropertyValues(
                        "llm-cache.models.gpt-test.input-price=0.25", "llm-cache.models.gpt-test.output-price=2")
                .run(context -> {
                    openAi.answering(Reply.text("Because.").usage(1000, 500));
                    PromptCacheEvent spent = event(context, () -> chat(context).chat("Why?"));
                    PromptCacheEvent saved = event(context, () -> chat(context).chat("Why?"));

                    assertThat(spent.loaded()).isTrue();
                    assertThat(saved.loaded()).isFalse();
                    assertThat(saved.model()).isEqualTo("gpt-test");
                    assertThat(saved.cost()).isEqualTo(spent.cost()).isEqualTo(new AnswerCost(1000, 500, 1_250_000));
                });
    }

    @Test
    void the_version_of_a_model_is_part_of_the_key() {
        application.run(context -> chat(context).chat("Why?"));
        application
                .withPropertyValues("llm-cache.models.gpt-test.version=2")
                .run(context -> assertThat(chat(context).chat("Why?")).isEqualTo("Answer 2."));
        application.run(context -> assertThat(chat(context).chat("Why?")).isEqualTo("Answer 1."));
    }

    @Test
    void prompts_are_folded_only_where_the_settings_say_so_and_the_model_gets_them_as_they_are() {
        application
                .withPropertyValues("llm-cache.langchain4j.chat-model.normalize=true")
                .run(context -> {
                    chat(context)
                            .chat(ChatRequest.builder()
                                    .messages(SystemMessage.from("Be Brief."), UserMessage.from("  WHY  so? "))
                                    .build());
                    ChatRequest folded = ChatRequest.builder()
                            .messages(SystemMessage.from("Be Brief."), UserMessage.from("why so?"))
                            .build();
                    ChatRequest otherSystem = ChatRequest.builder()
                            .messages(SystemMessage.from("be brief."), UserMessage.from("why so?"))
                            .build();

                    assertThat(outcome(context, chat(context), folded)).isEqualTo(CacheOutcome.HIT);
                    assertThat(outcome(context, chat(context), otherSystem))
                            .as("a template is taken as it is")
                            .isEqualTo(CacheOutcome.MISS);
                    assertThat(openAi.chatCalls().get(0).body().toString()).contains("  WHY  so? ");
                });
    }

    @Test
    void a_scope_keeps_the_answers_of_tenants_apart_and_without_one_the_cache_is_passed_by() {
        AtomicReference<String> tenant = new AtomicReference<>("a");
        application.withBean(ModelScope.class, () -> tenant::get).run(context -> {
            chat(context).chat("Why?");
            assertThat(outcome(context, chat(context), asking("Why?"))).isEqualTo(CacheOutcome.HIT);
            tenant.set("b");
            assertThat(outcome(context, chat(context), asking("Why?"))).isEqualTo(CacheOutcome.MISS);
            tenant.set(" ");
            assertThat(event(context, () -> chat(context).chat("Why?")).bypass())
                    .isEqualTo(BypassReason.SCOPE);
        });
    }

    @Test
    void directives_of_the_thread_count() {
        application.run(context -> {
            PromptCallDirectives directives = context.getBean(PromptCallDirectives.class);
            assertThatExceptionOfType(PromptNotCachedException.class)
                    .isThrownBy(() -> directives.call(
                            PromptDirectives.ONLY_IF_CACHED, () -> chat(context).chat("Why?")));
            assertThat(chat(context).chat("Why?")).isEqualTo("Answer 1.");
            assertThat(directives.call(
                            PromptDirectives.NO_CACHE, () -> chat(context).chat("Why?")))
                    .isEqualTo("Answer 2.");
            assertThat(chat(context).chat("Why?")).isEqualTo("Answer 2.");
        });
    }

    @Test
    void the_key_of_a_request_can_be_asked_for_without_asking_the_model() {
        application.run(context -> {
            var call = context.getBean(PromptCallCapture.class)
                    .capture(() -> chat(context).chat(asking("Why?")));

            assertThat(call.key().cache()).isEqualTo("chat-model");
            assertThat(call.key().prompt()).isEqualTo("Why?");
            assertThat(openAi.chatCalls()).isEmpty();
        });
    }

    @Test
    void equal_requests_at_the_same_time_ask_the_model_once() {
        CountDownLatch released = new CountDownLatch(1);
        openAi.answering(Reply.text("Because.").heldUntil(released));
        ExecutorService threads = Executors.newFixedThreadPool(20);
        application.run(context -> {
            List<CompletableFuture<String>> all = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                all.add(CompletableFuture.supplyAsync(() -> chat(context).chat("Why?"), threads));
            }
            openAi.awaitCalls(1);
            released.countDown();
            assertThat(all).allSatisfy(answer -> assertThat(answer.join()).isEqualTo("Because."));
            assertThat(openAi.chatCalls()).hasSize(1);
        });
        threads.shutdownNow();
    }

    @Test
    void a_request_that_can_not_be_told_from_others_passes_the_cache_by() {
        application.run(context -> {
            ChatRequest strange = ChatRequest.builder()
                    .messages(UserMessage.builder()
                            .addContent(TextContent.from("Why?"))
                            .attributes(Map.of("what", new Object()))
                            .build())
                    .build();
            assertThat(event(context, () -> chat(context).chat(strange)).bypass())
                    .isEqualTo(BypassReason.ARGUMENT);
            assertThat(event(context, () -> chat(context).chat(strange)).bypass())
                    .isEqualTo(BypassReason.ARGUMENT);
        });
    }

    @Test
    void a_call_without_the_models_own_parameters_does_not_meet_the_answers_of_one_with_them() {
        application
                .withBean("warm", ChatModel.class, () -> new ChatModel() {
                    @Override
                    public ChatRequestParameters defaultRequestParameters() {
                        return ChatRequestParameters.builder().temperature(0.2).build();
                    }

                    @Override
                    public ChatResponse doChat(ChatRequest request) {
                        return ChatResponse.builder()
                                .aiMessage(AiMessage.from("at " + request.temperature()))
                                .build();
                    }
                })
                .run(context -> {
                    ChatModel warm = context.getBean("warm", ChatModel.class);
                    assertThat(warm.doChat(asking("Why?")).aiMessage().text()).isEqualTo("at null");
                    assertThat(warm.chat(asking("Why?")).aiMessage().text()).isEqualTo("at 0.2");
                    assertThat(warm.doChat(asking("Why?")).aiMessage().text()).isEqualTo("at null");
                });
    }

    @Test
    void what_a_call_past_the_cache_cost_is_known_too() {
        application
                .withPropertyValues("llm-cache.admission.max-temperature=0.3")
                .run(context -> {
                    PromptCacheEvent event = event(context, () -> chat(context)
                            .chat(ChatRequest.builder()
                                    .messages(UserMessage.from("Why?"))
                                    .temperature(0.9)
                                    .build()));
                    assertThat(event.outcome()).isEqualTo(CacheOutcome.BYPASS);
                    assertThat(event.cost()).isEqualTo(new AnswerCost(20, 5, -1));
                });
    }

    @Test
    void a_dead_redis_is_no_reason_that_the_model_is_not_asked() {
        RealRedis gone = RealRedis.notStarted();
        cachingBoth(gone, openAi)
                .withPropertyValues("llm-cache.redis.timeout=250ms")
                .run(context -> {
                    assertThat(chat(context).chat("Why?")).isEqualTo("Answer 1.");
                    assertThat(chat(context).chat("Why?")).isEqualTo("Answer 2.");
                });
    }

    @Test
    void what_the_model_tells_of_itself_is_passed_on() {
        application.run(context -> {
            ChatModel chat = chat(context);
            assertThat(chat.defaultRequestParameters().modelName()).isEqualTo("gpt-test");
            assertThat(chat.provider().name()).isEqualTo("OPEN_AI");
            assertThat(chat.supportedCapabilities()).isEqualTo(Set.of());
            assertThat(((CachingChatModel) chat).delegate().getClass().getSimpleName())
                    .isEqualTo("OpenAiChatModel");
        });
    }

    @Test
    void the_entry_in_redis_tells_model_tokens_and_prompt_and_holds_no_name_of_a_class() {
        application.run(context -> {
            chat(context).chat("Why?");
            await().until(() -> redis.answers().size() == 1);
            String key = redis.answers().get(0);
            assertThat(key).startsWith("chat-model:");
            assertThat(redis.commands().get(key))
                    .contains("\"model\":\"gpt-test\"", "\"prompt\":\"Why?\"", "Answer 1.")
                    .doesNotContain("dev.langchain4j", "io.github");
        });
    }
}
