package io.github.llmcache.autoconfigure.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.MemoryId;
import dev.langchain4j.service.Result;
import dev.langchain4j.service.SystemMessage;
import dev.langchain4j.service.UserMessage;
import dev.langchain4j.service.V;
import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class CachedAiServiceTests {

    private final CountingModel model = new CountingModel();

    private final ApplicationContextRunner application = CacheApplication.on(RealRedis.shared())
            .withConfiguration(AutoConfigurations.of(LlmCacheLangChain4jAutoConfiguration.class))
            .withPropertyValues("llm-cache.default-model=demo");

    static final class CountingModel implements ChatModel {

        final AtomicInteger calls = new AtomicInteger();

        @Override
        public ChatResponse doChat(ChatRequest request) {
            return ChatResponse.builder()
                    .aiMessage(AiMessage.from("Answer " + calls.incrementAndGet()))
                    .tokenUsage(new TokenUsage(1, 2))
                    .finishReason(FinishReason.STOP)
                    .build();
        }
    }

    interface Guide {

        @CachedPrompt
        @SystemMessage("You are a guide.")
        @UserMessage("Explain {{topic}} in {{language}}.")
        Result<String> explain(@V("topic") String topic, @V("language") String language);
    }

    interface Remembering {

        @CachedPrompt
        String ask(@MemoryId String id, @UserMessage String question);
    }

    @Test
    void a_result_of_an_ai_service_is_answered_from_the_cache() {
        application
                .withBean(Guide.class, () -> AiServices.create(Guide.class, model))
                .run(context -> {
                    Guide guide = context.getBean(Guide.class);
                    Result<String> first = guide.explain("transformers", "German");
                    Result<String> second = guide.explain("transformers", "German");
                    Result<String> other = guide.explain("transformers", "French");

                    assertThat(second.content()).isEqualTo(first.content()).isNotEqualTo(other.content());
                    assertThat(second.tokenUsage()).isEqualTo(new TokenUsage(1, 2));
                    assertThat(second.finishReason()).isEqualTo(FinishReason.STOP);
                    assertThat(model.calls).hasValue(2);
                });
    }

    @Test
    void an_ai_service_with_memory_fails_the_start_with_an_action() {
        application
                .withBean(Remembering.class, () -> AiServices.builder(Remembering.class)
                        .chatModel(model)
                        .chatMemoryProvider(id -> MessageWindowChatMemory.withMaxMessages(2))
                        .build())
                .run(context -> assertThat(context).getFailure().hasStackTraceContaining("@MemoryId"));
    }
}
