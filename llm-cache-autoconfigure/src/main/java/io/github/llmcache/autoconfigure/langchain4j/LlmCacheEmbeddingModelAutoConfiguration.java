package io.github.llmcache.autoconfigure.langchain4j;

import dev.langchain4j.model.embedding.EmbeddingModel;
import io.github.llmcache.autoconfigure.LlmCacheAutoConfiguration;
import io.github.llmcache.autoconfigure.LlmCacheProperties;
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
 * Puts the cache in front of the application's embedding models, where {@code llm-cache.langchain4j.embedding-model.enabled=true} asks
 * for it.
 *
 * <p>The beans stay where they are, and are of their interfaces only: what injects one by its own class no longer finds it.
 */
@AutoConfiguration(after = {LlmCacheAutoConfiguration.class, LlmCacheLangChain4jAutoConfiguration.class})
@ConditionalOnClass(EmbeddingModel.class)
@ConditionalOnBooleanProperty(name = "llm-cache.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "llm-cache.langchain4j.embedding-model.enabled")
@Import(ModelCacheFactory.class)
public final class LlmCacheEmbeddingModelAutoConfiguration {

    /** Creates the auto-configuration. */
    public LlmCacheEmbeddingModelAutoConfiguration() {}

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static EmbeddingModelDecorator llmCacheEmbeddingModelDecorator(
            ObjectProvider<LlmCacheProperties> properties,
            ObjectProvider<EmbeddingModelCache> cache,
            ListableBeanFactory beans) {
        return new EmbeddingModelDecorator(properties, () -> cache.getObject().cache(), beans);
    }

    /** Not a bean of its own type, of which an application may have one for models that it decorates itself. */
    record EmbeddingModelCache(ModelCache cache) {}

    @Bean
    EmbeddingModelCache llmCacheEmbeddingModelCache(LlmCacheProperties properties, ModelCacheFactory caches) {
        LlmCacheProperties.EmbeddingModel settings = properties.langchain4j().embeddingModel();
        return new EmbeddingModelCache(caches.create(EmbeddingModelDecorator.PREFIX + "cache", settings.cache(), null));
    }
}
