package io.github.llmcache.autoconfigure.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import io.github.llmcache.autoconfigure.LlmCacheAutoConfiguration;
import io.github.llmcache.autoconfigure.LlmCacheProperties;
import io.github.llmcache.key.PromptNormalizer;
import io.github.llmcache.langchain4j.ModelCache;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Role;

/**
 * Puts the cache in front of the application's chat models, where {@code llm-cache.langchain4j.chat-model.enabled=true} asks
 * for it.
 *
 * <p>The beans stay where they are, and are of their interfaces only: what injects one by its own class no longer finds it.
 */
@AutoConfiguration(after = {LlmCacheAutoConfiguration.class, LlmCacheLangChain4jAutoConfiguration.class})
@ConditionalOnClass(ChatModel.class)
@ConditionalOnBooleanProperty(name = "llm-cache.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "llm-cache.langchain4j.chat-model.enabled")
@Import(ModelCacheFactory.class)
public final class LlmCacheChatModelAutoConfiguration {

    /** Creates the auto-configuration. */
    public LlmCacheChatModelAutoConfiguration() {}

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static ChatModelDecorator llmCacheChatModelDecorator(
            ObjectProvider<LlmCacheProperties> properties,
            ObjectProvider<ChatModelCache> cache,
            ListableBeanFactory beans) {
        return new ChatModelDecorator(properties, () -> cache.getObject().cache(), beans);
    }

    /** Not a bean of its own type, of which an application may have one for models that it decorates itself. */
    record ChatModelCache(ModelCache cache) {}

    @Bean
    ChatModelCache llmCacheChatModelCache(
            LlmCacheProperties properties, PromptNormalizer normalizer, ModelCacheFactory caches) {
        LlmCacheProperties.ChatModel settings = properties.langchain4j().chatModel();
        return new ChatModelCache(caches.create(
                ChatModelDecorator.PREFIX + "cache", settings.cache(), settings.normalize() ? normalizer : null));
    }
}
