package io.github.llmcache.autoconfigure.langchain4j.memory;

import dev.langchain4j.store.memory.chat.ChatMemoryStore;
import io.github.llmcache.autoconfigure.LlmCacheProperties;
import io.github.llmcache.autoconfigure.redis.KeyPrefix;
import io.github.llmcache.autoconfigure.redis.LlmCacheRedisAutoConfiguration;
import io.github.llmcache.autoconfigure.redis.UsersConnectionFactory;
import io.github.llmcache.langchain4j.memory.ChatSessionResolver;
import io.github.llmcache.langchain4j.memory.RedisChatMemories;
import io.github.llmcache.langchain4j.memory.RedisChatMemoryStore;
import io.github.llmcache.redis.RedisKeys;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration of conversation memory in Redis, where {@code llm-cache.chat-memory.enabled} asks for it.
 *
 * <p>It is apart from the cache: it works on with {@code llm-cache.enabled=false}, over the application's own connection,
 * and gives way to a {@link ChatMemoryStore} of the application's own.
 */
@AutoConfiguration(after = {LlmCacheRedisAutoConfiguration.class, DataRedisAutoConfiguration.class})
@ConditionalOnClass(ChatMemoryStore.class)
@ConditionalOnBooleanProperty("llm-cache.chat-memory.enabled")
@EnableConfigurationProperties(LlmCacheProperties.class)
public final class LlmCacheChatMemoryAutoConfiguration {

    /** Creates the auto-configuration. */
    public LlmCacheChatMemoryAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    ChatSessionResolver llmCacheChatSessionResolver() {
        return ChatSessionResolver.byText();
    }

    @Bean
    @ConditionalOnMissingBean(ChatMemoryStore.class)
    RedisChatMemoryStore llmCacheChatMemoryStore(
            LlmCacheProperties properties,
            BeanFactory beans,
            ObjectProvider<RedisKeys> keys,
            ChatSessionResolver sessions,
            Environment environment) {
        return new RedisChatMemoryStore(
                UsersConnectionFactory.ofState(properties.state(), beans),
                // Without the cache there are no keys of it.
                keys.getIfAvailable(() -> new RedisKeys(KeyPrefix.of(properties, environment))),
                sessions,
                ChatMemoryProperties.ttl(properties.chatMemory()),
                ChatMemoryProperties.maxBytes(properties.chatMemory()));
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(RedisChatMemoryStore.class)
    RedisChatMemories llmCacheChatMemories(RedisChatMemoryStore store, LlmCacheProperties properties) {
        return new RedisChatMemories(store, ChatMemoryProperties.maxMessages(properties.chatMemory()));
    }
}
