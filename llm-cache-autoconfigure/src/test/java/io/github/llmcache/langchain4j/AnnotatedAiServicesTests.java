package io.github.llmcache.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.invocation.InvocationParameters;
import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.MemoryId;
import dev.langchain4j.service.Result;
import dev.langchain4j.service.SystemMessage;
import dev.langchain4j.service.UserMessage;
import dev.langchain4j.service.UserName;
import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.annotation.NotInKey;
import io.github.llmcache.autoconfigure.langchain4j.LlmCacheLangChain4jAutoConfiguration;
import io.github.llmcache.autoconfigure.reactor.LlmCacheReactorAutoConfiguration;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.RejectionReason;
import io.github.llmcache.interceptor.InvalidCachedPromptException;
import io.github.llmcache.operations.PromptCacheOperations;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.OpenAiStub;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.RecordingListener;
import io.github.llmcache.testing.Reply;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Flux;

/** What of AI services is cached where their methods are annotated: the answer of the whole service. */
class AnnotatedAiServicesTests {

    private final RealRedis redis = RealRedis.shared();
    private final OpenAiStub openAi = OpenAiStub.start();
    private final RecordingListener listener = new RecordingListener();

    private final ApplicationContextRunner application = CacheApplication.on(redis)
            .withConfiguration(AutoConfigurations.of(
                    LlmCacheLangChain4jAutoConfiguration.class, LlmCacheReactorAutoConfiguration.class))
            .withBean(RecordingListener.class, () -> listener)
            .withPropertyValues("llm-cache.default-model=gpt-test");

    @BeforeEach
    void forget() {
        redis.commands().flushall();
    }

    @AfterEach
    void stop() {
        openAi.close();
    }

    private <T> ApplicationContextRunner with(Class<T> type) {
        return with(type, service -> service);
    }

    private <T> ApplicationContextRunner with(Class<T> type, UnaryOperator<AiServices<T>> more) {
        return application.withBean("service", type, () -> more.apply(
                        AiServices.builder(type).chatModel(ChatModels.whole(openAi, model -> model)))
                .build());
    }

    interface Assistant {

        @CachedPrompt
        @UserMessage("Answer: {{it}}")
        String ask(String question);

        @CachedPrompt
        @UserMessage("Answer: {{it}}")
        Result<String> result(String question);

        @CachedPrompt
        @UserMessage("Who am I?")
        String whoAmI(@UserName String name);

        @CachedPrompt
        String tuned(@UserMessage String question, ChatRequestParameters parameters);

        @CachedPrompt
        String see(@UserMessage String question, @UserMessage ImageContent picture);

        @CachedPrompt
        City city(String question);

        @CachedPrompt
        String told(@UserMessage String question, @NotInKey InvocationParameters parameters);
    }

    record City(String name, int inhabitants) {}

    static final class Weather {

        @Tool("tells the weather")
        String weather(String city) {
            return city + " is warm";
        }
    }

    @Test
    void the_name_of_a_user_is_part_of_the_key_as_it_is() {
        with(Assistant.class).run(context -> {
            Assistant assistant = context.getBean(Assistant.class);
            String first = assistant.whoAmI("Ann");
            assertThat(assistant.whoAmI("Ann")).isEqualTo(first);
            assertThat(assistant.whoAmI("ann")).isNotEqualTo(first);
            assertThat(openAi.chatCalls()
                            .get(0)
                            .body()
                            .path("messages")
                            .get(0)
                            .path("name")
                            .stringValue(""))
                    .isEqualTo("Ann");
        });
    }

    @Test
    void parameters_of_the_request_are_part_of_the_key_those_of_a_provider_too() {
        with(Assistant.class).run(context -> {
            Assistant assistant = context.getBean(Assistant.class);
            ChatRequestParameters cold =
                    ChatRequestParameters.builder().temperature(0.0).build();
            String first = assistant.tuned("Why?", cold);
            assertThat(assistant.tuned(
                            "Why?",
                            ChatRequestParameters.builder().temperature(0.0).build()))
                    .isEqualTo(first);
            assertThat(assistant.tuned(
                            "Why?",
                            ChatRequestParameters.builder().temperature(0.7).build()))
                    .isNotEqualTo(first);
            String seeded = assistant.tuned(
                    "Why?", OpenAiChatRequestParameters.builder().seed(1).build());
            assertThat(assistant.tuned(
                            "Why?",
                            OpenAiChatRequestParameters.builder().seed(2).build()))
                    .isNotEqualTo(seeded);
            assertThat(openAi.chatCalls()).hasSize(4);
        });
    }

    @Test
    void parameters_that_only_tools_and_retrievers_see_can_be_left_out_of_the_key() {
        with(Assistant.class).run(context -> {
            Assistant assistant = context.getBean(Assistant.class);
            String first = assistant.told("Why?", InvocationParameters.from("trace", "1"));
            assertThat(assistant.told("Why?", InvocationParameters.from("trace", "2")))
                    .isEqualTo(first);
        });
    }

    private static InvalidCachedPromptException refusal(AssertableApplicationContext context) {
        Throwable failure = context.getStartupFailure();
        while (failure != null && !(failure instanceof InvalidCachedPromptException)) {
            failure = failure.getCause();
        }
        return (InvalidCachedPromptException) Objects.requireNonNull(failure);
    }

    interface Untold {

        @CachedPrompt
        String ask(@UserMessage String question, InvocationParameters parameters);
    }

    @Test
    void parameters_of_which_no_key_can_be_made_fail_the_start_with_what_to_write() {
        with(Untold.class).run(context -> assertThat(refusal(context))
                .hasMessageContaining("Untold.ask")
                .hasMessageContaining("InvocationParameters")
                .extracting(InvalidCachedPromptException::action)
                .asString()
                .contains("@NotInKey"));
    }

    interface Remembering {

        @CachedPrompt
        String ask(@MemoryId String user, @UserMessage String question);
    }

    interface Streaming {

        @CachedPrompt
        Flux<String> ask(String question);
    }

    @Test
    void what_can_not_be_right_at_the_method_fails_the_start_and_is_sent_to_the_model() {
        List<ApplicationContextRunner> refused = List.of(
                with(
                        Remembering.class,
                        service -> service.chatMemoryProvider(user -> MessageWindowChatMemory.withMaxMessages(2))),
                with(Streaming.class));
        for (ApplicationContextRunner one : refused) {
            one.run(context ->
                    assertThat(refusal(context).action()).contains("llm-cache.langchain4j.chat-model.enabled=true"));
        }
    }

    static class HandMade {

        @CachedPrompt
        public Flux<String> ask(String question) {
            return Flux.just("Answer ", "by hand");
        }
    }

    @Test
    void a_flux_that_is_no_ai_service_is_left_to_who_makes_it() {
        application.withBean(HandMade.class).run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void tools_that_ran_can_be_seen_in_a_result_and_not_in_a_text() {
        openAi.answering(request -> request.path("messages").size() == 1
                ? Reply.toolCalls(new Reply.ToolCall("1", "weather", "{\"city\":\"Rome\"}"))
                : Reply.text("Rome is warm."));
        with(Assistant.class, service -> service.tools(new Weather())).run(context -> {
            Assistant assistant = context.getBean(Assistant.class);
            Result<String> first = assistant.result("How is Rome?");
            Result<String> second = assistant.result("How is Rome?");
            assertThat(first.toolExecutions()).hasSize(1);
            assertThat(second.toolExecutions()).hasSize(1);
            assertThat(openAi.chatCalls()).hasSize(4);
            assertThat(listener.rejections()).containsOnly(RejectionReason.TOOL_CALL);

            assistant.ask("How is Rome?");
            assistant.ask("How is Rome?");
            assertThat(openAi.chatCalls()).hasSize(6);
        });
    }

    @Test
    void a_result_comes_back_with_its_sources_tokens_and_finish_reason() {
        with(Assistant.class, service -> service.contentRetriever(query -> List.of(Content.from("Rome"))))
                .run(context -> {
                    Assistant assistant = context.getBean(Assistant.class);
                    Result<String> first = assistant.result("Which?");
                    Result<String> second = assistant.result("Which?");
                    assertThat(openAi.chatCalls()).hasSize(1);
                    assertThat(second.content()).isEqualTo(first.content());
                    assertThat(second.sources()).isEqualTo(first.sources()).hasSize(1);
                    assertThat(second.finishReason()).isEqualTo(FinishReason.STOP);
                    assertThat(second.tokenUsage().totalTokenCount())
                            .isEqualTo(first.tokenUsage().totalTokenCount())
                            .isPositive();
                    assertThat(Objects.requireNonNull(second.finalResponse()).aiMessage())
                            .isEqualTo(Objects.requireNonNull(first.finalResponse())
                                    .aiMessage());
                });
    }

    @Test
    void a_result_that_was_cut_off_is_not_stored() {
        openAi.answering(Reply.text("Half an").finishReason("length"));
        with(Assistant.class).run(context -> {
            context.getBean(Assistant.class).result("Why?");
            context.getBean(Assistant.class).result("Why?");
            assertThat(openAi.chatCalls()).hasSize(2);
            assertThat(listener.rejections()).containsOnly(RejectionReason.TRUNCATED);
        });
    }

    @Test
    void pictures_and_records_are_keys_and_answers() {
        with(Assistant.class).run(context -> {
            Assistant assistant = context.getBean(Assistant.class);
            String first = assistant.see("What is it?", ImageContent.from("Y2F0", "image/png"));
            assertThat(assistant.see("What is it?", ImageContent.from("Y2F0", "image/png")))
                    .isEqualTo(first);
            assertThat(assistant.see("What is it?", ImageContent.from("ZG9n", "image/png")))
                    .isNotEqualTo(first);
            openAi.answering(Reply.text("{\"name\": \"Rome\", \"inhabitants\": 2800000}"));
            assertThat(assistant.city("The capital of Italy?"))
                    .isEqualTo(assistant.city("the  capital of Italy?"))
                    .isEqualTo(new City("Rome", 2_800_000));
            assertThat(openAi.chatCalls()).hasSize(3);
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class Both {

        @Bean
        Assistant assistant(@Qualifier("chat") ChatModel chat) {
            return AiServices.create(Assistant.class, chat);
        }
    }

    @Test
    void what_misses_at_the_method_may_hit_at_the_model() {
        ChatModels.cachingBoth(redis, openAi)
                .withUserConfiguration(Both.class)
                .withBean(RecordingListener.class, () -> listener)
                .run(context -> {
                    Assistant assistant = context.getBean(Assistant.class);
                    String first = assistant.ask("Why?");
                    assertThat(assistant.ask("Why?")).isEqualTo(first);
                    // The prompt is folded at the method, and is another text for the model.
                    assertThat(assistant.ask("why?")).isEqualTo(first);
                    assertThat(listener.outcomes())
                            .containsExactly(CacheOutcome.MISS, CacheOutcome.MISS, CacheOutcome.HIT, CacheOutcome.HIT);

                    context.getBean(PromptCacheOperations.class).evictAll("prompt");
                    assertThat(assistant.ask("Why?")).isEqualTo(first);
                    assertThat(listener.outcomes())
                            .last(InstanceOfAssertFactories.type(CacheOutcome.class))
                            .isEqualTo(CacheOutcome.MISS);
                    assertThat(openAi.chatCalls()).hasSize(1);
                });
    }

    // Public, since the one that is called comes from another class loader.
    public interface Edited {

        @CachedPrompt
        @SystemMessage("Be kind.")
        @UserMessage(fromResource = "edited.txt")
        String ask(String question);
    }

    /** A new release of an interface: another text in an annotation, or in a resource. */
    private static final class Release extends ClassLoader {

        private final String system;
        private final String user;

        private Release(String system, String user) {
            super(Edited.class.getClassLoader());
            this.system = system;
            this.user = user;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.equals(Edited.class.getName())) {
                return super.loadClass(name, resolve);
            }
            Class<?> known = findLoadedClass(name);
            if (known != null) {
                return known;
            }
            try (InputStream in = Edited.class.getResourceAsStream("AnnotatedAiServicesTests$Edited.class")) {
                // Of the same length, so that the class file stays one.
                String code = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.ISO_8859_1)
                        .replace("Be kind.", system);
                byte[] bytes = code.getBytes(StandardCharsets.ISO_8859_1);
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException ex) {
                throw new ClassNotFoundException(name, ex);
            }
        }

        @Override
        public @Nullable InputStream getResourceAsStream(String name) {
            return name.endsWith("edited.txt")
                    ? new ByteArrayInputStream(user.getBytes(StandardCharsets.UTF_8))
                    : super.getResourceAsStream(name);
        }

        Class<?> edited() {
            try {
                return loadClass(Edited.class.getName());
            } catch (ClassNotFoundException ex) {
                throw new IllegalStateException(ex);
            }
        }
    }

    private String asked(String system, String user) {
        Class<?> type = new Release(system, user).edited();
        AtomicReference<String> answer = new AtomicReference<>();
        AtomicInteger before = new AtomicInteger(openAi.chatCalls().size());
        with(type)
                .withClassLoader(type.getClassLoader())
                .run(context -> answer.set(
                        (String) type.getMethod("ask", String.class).invoke(context.getBean("service"), "Why?")));
        return answer.get() + (openAi.chatCalls().size() > before.get() ? " asked" : " cached");
    }

    @Test
    void a_text_that_was_edited_misses_by_itself_and_one_that_was_not_does_not() {
        assertThat(asked("Be kind.", "Answer: {{it}}")).isEqualTo("Answer 1 asked");
        assertThat(asked("Be kind.", "Answer: {{it}}")).isEqualTo("Answer 1 cached");
        assertThat(asked("Be rude.", "Answer: {{it}}")).isEqualTo("Answer 2 asked");
        assertThat(asked("Be kind.", "Answer in brief: {{it}}")).isEqualTo("Answer 3 asked");
        assertThat(asked("Be kind.", "Answer: {{it}}")).isEqualTo("Answer 1 cached");
    }
}
