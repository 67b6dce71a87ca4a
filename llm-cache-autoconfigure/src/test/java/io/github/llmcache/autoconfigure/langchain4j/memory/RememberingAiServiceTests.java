package io.github.llmcache.autoconfigure.langchain4j.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ChatMessageType;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.MemoryId;
import dev.langchain4j.service.SystemMessage;
import dev.langchain4j.service.memory.ChatMemoryAccess;
import io.github.llmcache.langchain4j.memory.ChatMemoryException;
import io.github.llmcache.langchain4j.memory.ChatSession;
import io.github.llmcache.langchain4j.memory.RedisChatMemories;
import io.github.llmcache.langchain4j.memory.RedisChatMemoryStore;
import io.github.llmcache.testing.RealRedis;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** A real AI service that remembers over restarts of its application. */
class RememberingAiServiceTests {

    private final RealRedis redis = RealRedis.shared();
    private final Model model = new Model();

    interface Forgetful {

        String chat(String message);
    }

    interface Assistant extends ChatMemoryAccess {

        @SystemMessage("Be kind.")
        String chat(@MemoryId Object id, @dev.langchain4j.service.UserMessage String message);
    }

    @Test
    void a_conversation_goes_on_after_a_restart_and_others_know_nothing_of_it() {
        ChatSession first = new ChatSession("ada", "1");
        ChatSession second = new ChatSession("ada", "2");
        application(assistant -> {
            assertThat(assistant.chat(first, "I am Ada.")).isEqualTo("answer 1");
            assertThat(assistant.chat(second, "Who am I?")).isEqualTo("answer 2");
        });
        application(assistant -> {
            assertThat(assistant.chat(first, "Who am I?")).isEqualTo("answer 3");
            assertThat(model.texts()).containsExactly("Be kind.", "I am Ada.", "answer 1", "Who am I?");
            assistant.chat(second, "Tell me.");
            assertThat(model.texts()).containsExactly("Be kind.", "Who am I?", "answer 2", "Tell me.");
            assistant.getChatMemory(first).clear();
            assistant.chat(first, "Hello?");
            assertThat(model.texts()).containsExactly("Be kind.", "Hello?");
        });
    }

    @Test
    void calls_of_tools_and_their_results_are_remembered_too() {
        model.callsTool = true;
        application(assistant -> assistant.chat("ada", "What time is it?"));
        application(assistant -> assistant.chat("ada", "Thanks."));

        assertThat(model.asked.get(model.asked.size() - 1))
                .extracting(ChatMessage::type)
                .containsExactly(
                        ChatMessageType.SYSTEM,
                        ChatMessageType.USER,
                        ChatMessageType.AI,
                        ChatMessageType.TOOL_EXECUTION_RESULT,
                        ChatMessageType.AI,
                        ChatMessageType.USER);
    }

    @Test
    void a_model_is_not_asked_without_the_history_that_can_t_be_read() {
        redis.commands().set("chat:ada:default", "rubbish");
        application(assistant ->
                assertThatThrownBy(() -> assistant.chat("ada", "Hello?")).isInstanceOf(ChatMemoryException.class));
        assertThat(model.asked).isEmpty();
    }

    @Test
    void a_method_without_a_memory_id_is_refused_instead_of_remembering_for_all_users_together() {
        memories(memories -> {
            Forgetful service = AiServices.builder(Forgetful.class)
                    .chatModel(model)
                    .chatMemoryProvider(memories::of)
                    .build();
            assertThatThrownBy(() -> service.chat("I am Ada."))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("@MemoryId");
        });
        assertThat(model.asked).isEmpty();
        assertThat(redis.commands().keys("*")).isEmpty();
    }

    private void application(Consumer<Assistant> use) {
        memories(memories -> use.accept(AiServices.builder(Assistant.class)
                .chatModel(model)
                .chatMemoryProvider(memories::of)
                .tools(new Clock())
                .build()));
    }

    private void memories(Consumer<RedisChatMemories> use) {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataRedisAutoConfiguration.class, LlmCacheChatMemoryAutoConfiguration.class))
                .withPropertyValues(redis.properties())
                .withPropertyValues("llm-cache.chat-memory.enabled=true")
                .run(context -> {
                    assertThat(context).hasSingleBean(RedisChatMemoryStore.class);
                    use.accept(context.getBean(RedisChatMemories.class));
                });
    }

    static class Clock {

        @Tool
        String time() {
            return "12:00";
        }
    }

    /** Answers by number, and notes what it was asked. */
    static class Model implements ChatModel {

        private final List<List<ChatMessage>> asked = new ArrayList<>();
        private boolean callsTool;

        @Override
        public ChatResponse doChat(ChatRequest request) {
            asked.add(request.messages());
            AiMessage answer = callsTool
                    ? AiMessage.from(ToolExecutionRequest.builder()
                            .id("1")
                            .name("time")
                            .arguments("{}")
                            .build())
                    : AiMessage.from("answer " + asked.size());
            callsTool = false;
            return ChatResponse.builder().aiMessage(answer).build();
        }

        List<String> texts() {
            return asked.get(asked.size() - 1).stream().map(Model::text).toList();
        }

        private static String text(ChatMessage message) {
            if (message instanceof dev.langchain4j.data.message.SystemMessage system) {
                return system.text();
            }
            return message instanceof UserMessage user ? user.singleText() : ((AiMessage) message).text();
        }
    }
}
