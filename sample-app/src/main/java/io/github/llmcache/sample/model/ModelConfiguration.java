package io.github.llmcache.sample.model;

import dev.langchain4j.model.anthropic.AnthropicChatModel;
import dev.langchain4j.model.anthropic.AnthropicStreamingChatModel;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.googleai.GoogleAiGeminiChatModel;
import dev.langchain4j.model.googleai.GoogleAiGeminiStreamingChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.time.Duration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes the one model that the environment chose, for whole answers and for streams. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ModelProperties.class)
class ModelConfiguration {

    // A person is waiting and can ask again, so a failure is shown at once.
    private static final int NO_RETRIES = 0;

    // Claude's client would cut answers at 1024 tokens, and the cache would keep them cut.
    private static final int LONG_ANSWER = 8192;

    @Bean
    AnsweringModel answeringModel(ModelProperties properties) {
        return AnsweringModel.of(properties);
    }

    @Bean
    ChatModel chatModel(ModelProperties properties) {
        return switch (properties.provider()) {
            case OPENAI -> openAi(properties.openai(), properties.patience());
            case ANTHROPIC -> anthropic(properties.anthropic(), properties.patience());
            case GEMINI -> gemini(properties.gemini(), properties.patience());
            case DEMO -> new DemoChatModel(properties.demo().delay());
        };
    }

    @Bean
    StreamingChatModel streamingChatModel(ModelProperties properties) {
        return switch (properties.provider()) {
            case OPENAI -> streamingOpenAi(properties.openai(), properties.patience());
            case ANTHROPIC -> streamingAnthropic(properties.anthropic(), properties.patience());
            case GEMINI -> streamingGemini(properties.gemini(), properties.patience());
            case DEMO -> new DemoStreamingChatModel(properties.demo().delay());
        };
    }

    private static ChatModel openAi(ModelAccess access, Duration patience) {
        return OpenAiChatModel.builder()
                .apiKey(access.keyOrNull())
                .baseUrl(access.baseUrlOrNull())
                .modelName(access.modelName())
                .timeout(patience)
                .maxRetries(NO_RETRIES)
                .build();
    }

    private static ChatModel anthropic(ModelAccess access, Duration patience) {
        return AnthropicChatModel.builder()
                .apiKey(access.keyOrNull())
                .baseUrl(access.baseUrlOrNull())
                .modelName(access.modelName())
                .maxTokens(LONG_ANSWER)
                .timeout(patience)
                .maxRetries(NO_RETRIES)
                .build();
    }

    private static ChatModel gemini(ModelAccess access, Duration patience) {
        return GoogleAiGeminiChatModel.builder()
                .apiKey(access.keyOrNull())
                .baseUrl(access.baseUrlOrNull())
                .modelName(access.modelName())
                .timeout(patience)
                .maxRetries(NO_RETRIES)
                .build();
    }

    private static StreamingChatModel streamingOpenAi(ModelAccess access, Duration patience) {
        return OpenAiStreamingChatModel.builder()
                .apiKey(access.keyOrNull())
                .baseUrl(access.baseUrlOrNull())
                .modelName(access.modelName())
                .timeout(patience)
                .build();
    }

    private static StreamingChatModel streamingAnthropic(ModelAccess access, Duration patience) {
        return AnthropicStreamingChatModel.builder()
                .apiKey(access.keyOrNull())
                .baseUrl(access.baseUrlOrNull())
                .modelName(access.modelName())
                .maxTokens(LONG_ANSWER)
                .timeout(patience)
                .build();
    }

    private static StreamingChatModel streamingGemini(ModelAccess access, Duration patience) {
        return GoogleAiGeminiStreamingChatModel.builder()
                .apiKey(access.keyOrNull())
                .baseUrl(access.baseUrlOrNull())
                .modelName(access.modelName())
                .timeout(patience)
                .build();
    }
}
