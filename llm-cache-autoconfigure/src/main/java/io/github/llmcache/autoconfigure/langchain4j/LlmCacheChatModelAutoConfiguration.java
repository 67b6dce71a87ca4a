package io.github.llmcache.autoconfigure.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import io.github.llmcache.autoconfigure.InvalidLlmCachePropertyException;
import io.github.llmcache.autoconfigure.LlmCacheAutoConfiguration;
import io.github.llmcache.autoconfigure.LlmCacheProperties;
import io.github.llmcache.engine.AdmissionPolicy;
import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.PromptCache;
import io.github.llmcache.engine.PromptCallCapture;
import io.github.llmcache.engine.PromptCallDirectives;
import io.github.llmcache.interceptor.KeyMemo;
import io.github.llmcache.key.ArgumentEncoder;
import io.github.llmcache.key.CanonicalKeyGenerator;
import io.github.llmcache.key.PromptKeyGenerator;
import io.github.llmcache.key.PromptNormalizer;
import io.github.llmcache.key.UnicodePromptNormalizer;
import io.github.llmcache.langchain4j.ChatMessageEncoder;
import io.github.llmcache.langchain4j.ChatRequestEncoder;
import io.github.llmcache.langchain4j.ModelCache;
import io.github.llmcache.langchain4j.ModelScope;
import io.github.llmcache.model.ModelConfigRegistry;
import java.util.Objects;
import java.util.function.Supplier;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
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
            LlmCacheProperties properties,
            PromptCache cache,
            CacheCatalog catalog,
            PromptKeyGenerator keys,
            PromptNormalizer normalizer,
            ModelConfigRegistry models,
            AdmissionPolicy admission,
            PromptCallDirectives directives,
            PromptCallCapture capture,
            ObjectProvider<ModelScope> scope,
            ObjectProvider<ArgumentEncoder> encoders,
            ObjectProvider<KeyMemo> memo) {
        LlmCacheProperties.ChatModel settings = properties.langchain4j().chatModel();
        boolean plain = keys.getClass() == CanonicalKeyGenerator.class
                && normalizer.getClass() == UnicodePromptNormalizer.class
                && encoders.stream().allMatch(LlmCacheChatModelAutoConfiguration::isOwn);
        return new ChatModelCache(checked(settings.cache(), () -> ModelCache.builder(cache)
                .name(settings.cache())
                .catalog(catalog)
                .keys(keys)
                .normalizer(settings.normalize() ? normalizer : null)
                .models(models)
                .admission(admission)
                .directives(directives)
                .capture(capture)
                .scope(scope.getIfAvailable())
                .memo(plain ? memo.getIfAvailable() : null)
                .build()));
    }

    /** An encoder of the application's own may look at more than what it is given, so that no key can be remembered. */
    private static boolean isOwn(ArgumentEncoder encoder) {
        return encoder.getClass() == ChatMessageEncoder.class || encoder.getClass() == ChatRequestEncoder.class;
    }

    /** Says which property is wrong where the cache can't be made. */
    private static ModelCache checked(String name, Supplier<ModelCache> cache) {
        try {
            return Objects.requireNonNull(cache.get());
        } catch (IllegalArgumentException ex) {
            throw new InvalidLlmCachePropertyException(
                    ChatModelDecorator.PREFIX + "cache",
                    name,
                    "can't be the cache of chat models: " + ex.getMessage(),
                    "Name another cache, or change what the message names.");
        }
    }
}
