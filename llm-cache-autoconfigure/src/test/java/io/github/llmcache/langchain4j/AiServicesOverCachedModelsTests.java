package io.github.llmcache.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.guardrail.OutputGuardrail;
import dev.langchain4j.guardrail.OutputGuardrailResult;
import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.moderation.Moderation;
import dev.langchain4j.model.moderation.ModerationModel;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.MemoryId;
import dev.langchain4j.service.Moderate;
import dev.langchain4j.service.ModerationException;
import dev.langchain4j.service.Result;
import dev.langchain4j.service.SystemMessage;
import dev.langchain4j.service.TokenStream;
import dev.langchain4j.service.UserMessage;
import dev.langchain4j.service.V;
import dev.langchain4j.service.guardrail.OutputGuardrails;
import io.github.llmcache.testing.OpenAiStub;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

/** What of AI services is cached where their models are: each request to a model, whole. */
class AiServicesOverCachedModelsTests {

    private final RealRedis redis = RealRedis.shared();
    private final OpenAiStub openAi = OpenAiStub.start();
    private final ApplicationContextRunner application = ChatModels.cachingBoth(redis, openAi);

    @BeforeEach
    void forget() {
        redis.commands().flushall();
    }

    @AfterEach
    void stop() {
        openAi.close();
    }

    interface Assistant {

        @SystemMessage("Be kind.")
        @UserMessage("Explain {{topic}} in {{language}}.")
        String explain(@V("topic") String topic, @V("language") String language);

        String ask(String question);

        Result<String> result(String question);

        City city(String question);

        String see(@UserMessage String question, @UserMessage ImageContent picture);

        @OutputGuardrails(Polite.class)
        String guarded(String question);

        TokenStream stream(String question);

        Flux<String> flux(String question);
    }

    interface Remembering {

        String chat(@MemoryId String user, @UserMessage String question);
    }

    interface Moderated {

        @Moderate
        String moderated(String question);
    }

    record City(String name, int inhabitants) {}

    /** Asks again unless the answer says please. */
    public static final class Polite implements OutputGuardrail {

        static final AtomicInteger looks = new AtomicInteger();

        @Override
        public OutputGuardrailResult validate(AiMessage responseFromLLM) {
            looks.incrementAndGet();
            return responseFromLLM.text().contains("please") ? success() : reprompt("Not polite", "Say please.");
        }
    }

    static final class Weather {

        final AtomicInteger runs = new AtomicInteger();
        volatile String weather = "warm";

        @Tool("tells the weather")
        String weather(String city) {
            runs.incrementAndGet();
            return city + " is " + weather;
        }
    }

    private static Assistant assistant(ApplicationContext context) {
        return assistant(context, service -> service);
    }

    private static Assistant assistant(ApplicationContext context, UnaryOperator<AiServices<Assistant>> more) {
        return more.apply(AiServices.builder(Assistant.class)
                        .chatModel(context.getBean("chat", ChatModel.class))
                        .streamingChatModel(context.getBean("stream", StreamingChatModel.class)))
                .build();
    }

    private static Remembering remembering(ApplicationContext context) {
        return AiServices.builder(Remembering.class)
                .chatModel(context.getBean("chat", ChatModel.class))
                .chatMemoryProvider(id -> MessageWindowChatMemory.withMaxMessages(10))
                .build();
    }

    private int calls() {
        return openAi.chatCalls().size();
    }

    @Test
    void texts_and_variables_are_part_of_the_request_and_the_service_is_not() {
        application.run(context -> {
            String first = assistant(context).explain("rain", "German");
            assertThat(assistant(context).explain("rain", "German")).isEqualTo(first);
            assertThat(assistant(context).explain("rain", "French")).isNotEqualTo(first);
            assertThat(assistant(context).explain("rain ", "German")).isNotEqualTo(first);
            assertThat(assistant(context, service -> service.systemMessage("Be rude."))
                            .ask("Why?"))
                    .isNotEqualTo(assistant(context).ask("Why?"));
            assertThat(calls()).isEqualTo(5);
        });
    }

    private void callATool() {
        AtomicInteger ids = new AtomicInteger();
        openAi.answering(request -> last(request).path("role").stringValue("").equals("tool")
                ? Reply.text("It says: " + last(request).path("content").stringValue(""))
                : Reply.toolCalls(
                        new Reply.ToolCall("call-" + ids.incrementAndGet(), "weather", "{\"city\":\"Rome\"}")));
    }

    private static JsonNode last(JsonNode request) {
        JsonNode messages = request.path("messages");
        return messages.get(messages.size() - 1);
    }

    @Test
    void a_loop_of_tools_is_run_anew_because_the_step_that_asks_for_the_tool_is_not_stored() {
        callATool();
        Weather weather = new Weather();
        application.run(context -> {
            Assistant assistant = assistant(context, service -> service.tools(weather));
            assertThat(assistant.ask("How is Rome?")).isEqualTo("It says: Rome is warm");
            weather.weather = "cold";
            assertThat(assistant.ask("How is Rome?")).isEqualTo("It says: Rome is cold");
            assertThat(weather.runs).hasValue(2);
            assertThat(calls()).isEqualTo(4);
        });
    }

    @Test
    void with_tool_calls_stored_the_tools_run_all_the_same_and_what_they_say_now_decides() {
        callATool();
        Weather weather = new Weather();
        application.withPropertyValues("llm-cache.admission.tool-calls=true").run(context -> {
            Assistant assistant = assistant(context, service -> service.tools(weather));
            assistant.ask("How is Rome?");
            Result<String> again = assistant.result("How is Rome?");
            assertThat(again.content()).isEqualTo("It says: Rome is warm");
            assertThat(again.toolExecutions()).hasSize(1);
            assertThat(weather.runs).hasValue(2);
            assertThat(calls()).isEqualTo(2);

            weather.weather = "cold";
            assertThat(assistant.ask("How is Rome?")).isEqualTo("It says: Rome is cold");
            assertThat(calls()).isEqualTo(3);
        });
    }

    @Test
    void what_was_retrieved_is_part_of_the_request_so_changed_documents_miss() {
        AtomicReference<String> document = new AtomicReference<>("Rome was founded in 753 BC.");
        application.run(context -> {
            Assistant assistant = assistant(
                    context, service -> service.contentRetriever(query -> List.of(Content.from(document.get()))));
            Result<String> first = assistant.result("When?");
            Result<String> second = assistant.result("When?");
            assertThat(second.content()).isEqualTo(first.content());
            assertThat(second.sources()).isEqualTo(first.sources()).hasSize(1);
            assertThat(calls()).isEqualTo(1);

            document.set("Rome was founded in 754 BC.");
            assertThat(assistant.result("When?").content()).isNotEqualTo(first.content());
        });
    }

    @Test
    void the_conversation_is_part_of_the_request_and_who_has_it_is_not_unless_a_scope_says_so() {
        UnaryOperator<AiServices<Assistant>> remembering =
                service -> service.chatMemoryProvider(id -> MessageWindowChatMemory.withMaxMessages(10));
        application.run(context -> {
            Remembering assistant = remembering(context);
            String first = assistant.chat("ann", "Who are you?");
            assertThat(assistant.chat("ann", "Who are you?"))
                    .as("the same question, later in the conversation")
                    .isNotEqualTo(first);
            assertThat(assistant.chat("bob", "Who are you?"))
                    .as("the same conversation of another user")
                    .isEqualTo(first);
            assertThat(assistant.chat("bob", "And who am I?")).isNotEqualTo(first);
            assertThat(calls()).isEqualTo(3);
        });
        redis.commands().flushall();
        AtomicReference<String> user = new AtomicReference<>("ann");
        application.withBean(ModelScope.class, () -> user::get).run(context -> {
            Remembering assistant = remembering(context);
            String first = assistant.chat("ann", "Who are you?");
            user.set("bob");
            assertThat(assistant.chat("bob", "Who are you?")).isNotEqualTo(first);
        });
    }

    @Test
    void a_record_is_made_of_the_cached_text_each_time_with_and_without_a_schema() {
        openAi.answering(Reply.text("{\"name\": \"Rome\", \"inhabitants\": 2800000}"));
        for (boolean schema : List.of(false, true)) {
            ChatModels.caching(redis)
                    .withBean(
                            "chat",
                            ChatModel.class,
                            () -> ChatModels.whole(
                                    openAi,
                                    model -> schema
                                            ? model.supportedCapabilities(Capability.RESPONSE_FORMAT_JSON_SCHEMA)
                                                    .strictJsonSchema(true)
                                            : model))
                    .withBean("stream", StreamingChatModel.class, () -> ChatModels.streaming(openAi))
                    .run(context -> {
                        int before = calls();
                        City first = assistant(context).city("The capital of Italy?");
                        City second = assistant(context).city("The capital of Italy?");
                        assertThat(second).isEqualTo(first).isEqualTo(new City("Rome", 2_800_000));
                        assertThat(calls() - before).isEqualTo(1);
                        JsonNode asked = openAi.chatCalls().get(before).body();
                        assertThat(asked.has("response_format")).isEqualTo(schema);
                    });
        }
    }

    @Test
    void pictures_are_part_of_the_request() {
        application.run(context -> {
            ImageContent cat = ImageContent.from("Y2F0", "image/png");
            ImageContent dog = ImageContent.from("ZG9n", "image/png");
            String first = assistant(context).see("What is it?", cat);
            assertThat(assistant(context).see("What is it?", cat)).isEqualTo(first);
            assertThat(assistant(context).see("What is it?", dog)).isNotEqualTo(first);
        });
    }

    @Test
    void two_models_side_by_side_share_nothing() {
        application
                .withBean("other", ChatModel.class, () -> ChatModels.whole(openAi, model -> model))
                .run(context -> {
                    String first = assistant(context).ask("Why?");
                    Assistant other =
                            assistant(context, service -> service.chatModel(context.getBean("other", ChatModel.class)));
                    assertThat(other.ask("Why?")).isNotEqualTo(first);
                    assertThat(other.ask("Why?")).isNotEqualTo(first);
                    assertThat(calls()).isEqualTo(2);
                });
    }

    @Test
    void a_hit_is_moderated_like_a_miss() {
        AtomicInteger moderations = new AtomicInteger();
        AtomicReference<Moderation> verdict = new AtomicReference<>(Moderation.notFlagged());
        ModerationModel moderation = new ModerationModel() {
            @Override
            public Response<Moderation> moderate(String text) {
                moderations.incrementAndGet();
                return Response.from(Objects.requireNonNull(verdict.get()));
            }

            @Override
            public Response<Moderation> moderate(List<ChatMessage> messages) {
                return moderate("all of them");
            }
        };
        application.run(context -> {
            Moderated assistant = AiServices.builder(Moderated.class)
                    .chatModel(context.getBean("chat", ChatModel.class))
                    .moderationModel(moderation)
                    .build();
            assistant.moderated("Why?");
            assistant.moderated("Why?");
            assertThat(moderations).hasValue(2);
            assertThat(calls()).isEqualTo(1);

            verdict.set(Moderation.flagged("Why?"));
            assertThatThrownBy(() -> assistant.moderated("Why?")).isInstanceOf(ModerationException.class);
        });
    }

    @Test
    void guardrails_look_at_a_hit_like_at_a_miss_and_what_they_ask_again_is_a_request_of_its_own() {
        openAi.answering(request -> Reply.text(
                last(request).path("content").stringValue("").contains("Say please") ? "Yes, please." : "No."));
        application.run(context -> {
            Polite.looks.set(0);
            assertThat(assistant(context).guarded("Tea?")).isEqualTo("Yes, please.");
            assertThat(calls()).isEqualTo(2);
            assertThat(assistant(context).guarded("Tea?")).isEqualTo("Yes, please.");
            assertThat(calls()).isEqualTo(2);
            assertThat(Polite.looks).hasValue(4);
        });
    }

    @Test
    void an_answer_that_the_limit_of_tokens_cut_off_is_not_stored_whatever_the_service_returns() {
        openAi.answering(Reply.text("Half an").finishReason("length"));
        application.run(context -> {
            for (int i = 1; i <= 2; i++) {
                assertThat(assistant(context).ask("Why?")).isEqualTo("Half an");
                assertThat(calls()).isEqualTo(i);
            }
            assertThat(redis.answers()).isEmpty();
        });
    }

    private static ChatResponse response(TokenStream stream) {
        CompletableFuture<ChatResponse> response = new CompletableFuture<>();
        stream.onCompleteResponse(response::complete)
                .onError(response::completeExceptionally)
                .start();
        return response.orTimeout(20, TimeUnit.SECONDS).join();
    }

    private static @Nullable List<String> pieces(Flux<String> flux) {
        return flux.collectList().block(Duration.ofSeconds(20));
    }

    @Test
    void a_token_stream_a_flux_and_a_whole_call_of_the_same_request_share_an_answer() {
        openAi.answering(Reply.pieces("One", " two ", "three."));
        application.run(context -> {
            Assistant assistant = assistant(context);
            assertThat(response(assistant.stream("Why?")).aiMessage().text()).isEqualTo("One two three.");
            assertThat(pieces(assistant.flux("Why?"))).containsExactly("One ", "two ", "three.");
            assertThat(assistant.ask("Why?")).isEqualTo("One two three.");
            assertThat(calls()).isEqualTo(1);
        });
    }

    @Test
    void a_flux_of_half_an_answer_is_not_stored_because_the_model_knows_its_end() {
        for (Reply half : List.of(
                Reply.pieces("One", " two", " three").endedAfter(2),
                Reply.text("One two").finishReason("length"))) {
            openAi.answering(half);
            application.run(context -> {
                assertThat(pieces(assistant(context).flux("Why?"))).containsExactly("One", " two");
                assertThat(redis.answers()).isEmpty();
            });
        }
    }
}
