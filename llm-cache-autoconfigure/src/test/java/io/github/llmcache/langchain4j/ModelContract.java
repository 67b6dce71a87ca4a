package io.github.llmcache.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.ChatResponseAndStreamingMetadata;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import io.github.llmcache.redis.RedisPromptCache;
import io.github.llmcache.testing.OpenAiStub;
import io.github.llmcache.testing.RealRedis;
import java.time.Duration;
import java.util.function.Supplier;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** What the tests that LangChain4j has for every model need to be run against cached ones: a cache, and a model behind it. */
final class ModelContract implements AutoCloseable {

    final OpenAiStub openAi = OpenAiStub.start().answering(OpenAiOracle::answer);

    private final LettuceConnectionFactory connections =
            new LettuceConnectionFactory("127.0.0.1", RealRedis.shared().port());
    private final RedisPromptCache prompts;
    private final ModelCache cache;

    ModelContract() {
        connections.afterPropertiesSet();
        connections.start();
        prompts = RedisPromptCache.builder(connections)
                .timeout(Duration.ofSeconds(5))
                .build();
        cache = ModelCache.builder(prompts.cache()).build();
    }

    ChatModel cached(ChatModel model) {
        return CachingChatModel.builder()
                .delegate(model)
                .name("contract")
                .cache(cache)
                .build();
    }

    StreamingChatModel cached(StreamingChatModel model) {
        return CachingStreamingChatModel.builder()
                .delegate(model)
                .name("contract")
                .cache(cache)
                .build();
    }

    /** Asks twice, and gives back the second answer, after a look whether it is the first one. */
    static ChatResponseAndStreamingMetadata twice(boolean cached, Supplier<ChatResponseAndStreamingMetadata> asking) {
        ChatResponse first = asking.get().chatResponse();
        ChatResponseAndStreamingMetadata second = asking.get();
        ChatResponse again = second.chatResponse();
        boolean whole = first.finishReason() == FinishReason.STOP;
        assertThat(again instanceof CachedChatResponse).isEqualTo(cached && whole);
        if (whole) {
            assertThat(again.aiMessage()).isEqualTo(first.aiMessage());
            assertThat(again.tokenUsage().totalTokenCount())
                    .isEqualTo(first.tokenUsage().totalTokenCount());
        }
        return second;
    }

    @Override
    public void close() {
        prompts.close();
        connections.destroy();
        openAi.close();
    }
}
