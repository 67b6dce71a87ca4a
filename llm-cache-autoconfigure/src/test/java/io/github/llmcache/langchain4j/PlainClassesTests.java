package io.github.llmcache.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.awaitility.Awaitility.await;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.langchain4j.ChatModels.Streamed;
import io.github.llmcache.redis.RedisPromptCache;
import io.github.llmcache.testing.OpenAiStub;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.RecordingListener;
import io.github.llmcache.testing.Reply;
import io.github.llmcache.tier.Eviction;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

class PlainClassesTests {

    private final RealRedis redis = RealRedis.shared();
    private final OpenAiStub openAi = OpenAiStub.start();
    private final LettuceConnectionFactory connections = new LettuceConnectionFactory("127.0.0.1", redis.port());
    private final RecordingListener listener = new RecordingListener();

    @BeforeEach
    void start() {
        redis.commands().flushall();
        connections.afterPropertiesSet();
        connections.start();
    }

    @AfterEach
    void stop() {
        connections.destroy();
        openAi.close();
    }

    @Test
    void models_are_cached_without_a_container() {
        openAi.answering(Reply.text("Because."));
        try (RedisPromptCache prompts = RedisPromptCache.builder(connections)
                .keyPrefix("shop:")
                .timeout(Duration.ofSeconds(5))
                .listener(listener)
                .build()) {
            ModelCache cache = ModelCache.builder(prompts.cache())
                    .catalog(prompts.catalog())
                    .build();
            ChatModel chat = CachingChatModel.builder()
                    .delegate(ChatModels.whole(openAi, model -> model))
                    .name("openai")
                    .cache(cache)
                    .build();
            StreamingChatModel stream = CachingStreamingChatModel.builder()
                    .delegate(ChatModels.streaming(openAi))
                    .name("openai")
                    .cache(cache)
                    .build();

            assertThat(chat.chat("Why?")).isEqualTo("Because.");
            await().until(() -> redis.answers().size() == 1);
            assertThat(redis.answers().get(0)).startsWith("shop:chat-model:");
            assertThat(chat.chat("Why?")).isEqualTo("Because.");
            ChatRequest why =
                    ChatRequest.builder().messages(UserMessage.from("Why?")).build();
            assertThat(Streamed.of(stream, why).await()).isInstanceOf(CachedChatResponse.class);
            assertThat(listener.outcomes()).containsExactly(CacheOutcome.MISS, CacheOutcome.HIT, CacheOutcome.HIT);

            prompts.evictor().evict("chat-model", new Eviction.OfAll());
            assertThat(chat.chat("Why?")).isEqualTo("Because.");
            assertThat(openAi.chatCalls()).hasSize(2);
        }
    }

    @Test
    void embedding_models_are_cached_without_a_container() {
        try (RedisPromptCache prompts = RedisPromptCache.builder(connections)
                .timeout(Duration.ofSeconds(5))
                .build()) {
            EmbeddingModel model = CachingEmbeddingModel.builder()
                    .delegate(OpenAiEmbeddingModel.builder()
                            .baseUrl(openAi.baseUrl())
                            .apiKey("none")
                            .modelName("embedding-test")
                            .build())
                    .name("openai")
                    .cache(ModelCache.builder(prompts.cache()).name("embedding").build())
                    .build();
            Embedding first = model.embed("a whale").content();

            assertThat(model.embed("a whale").content()).isEqualTo(first);
            assertThat(openAi.embeddingCalls()).hasSize(1);
        }
    }

    @Test
    void what_is_missing_in_a_builder_is_named() {
        assertThatNullPointerException()
                .isThrownBy(() -> CachingChatModel.builder()
                        .delegate(ChatModels.whole(openAi, model -> model))
                        .build())
                .withMessageContaining("name: models that answer differently need different names");
    }
}
