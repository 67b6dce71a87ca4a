package io.github.llmcache.autoconfigure.redis;

import io.github.llmcache.autoconfigure.LlmCacheAutoConfiguration;
import io.github.llmcache.autoconfigure.LlmCacheProperties;
import io.github.llmcache.autoconfigure.LlmCacheProperties.Cache;
import io.github.llmcache.autoconfigure.LlmCacheProperties.Normalization;
import io.github.llmcache.autoconfigure.ModelConfigFactory;
import io.github.llmcache.key.NormalizationSteps;
import io.github.llmcache.key.PromptNormalizer;
import io.github.llmcache.key.UnicodePromptNormalizer;
import io.github.llmcache.model.ModelConfigRegistry;
import io.github.llmcache.model.ModelConfigs;
import io.github.llmcache.redis.CacheConnection;
import io.github.llmcache.redis.RedisKeys;
import io.github.llmcache.redis.RedisModelConfigRegistry;
import io.github.llmcache.redis.RedisModelConfigs;
import io.github.llmcache.redis.RedisPromptDeduplicator;
import io.github.llmcache.usage.dedup.PromptDeduplicator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Auto-configuration of what is kept in Redis that is no answer: what is registered of models, where {@code
 * llm-cache.model-registry.enabled} asks for it, and which prompts were seen.
 *
 * <p>It is apart from the cache, works on with {@code llm-cache.enabled=false}, and gives way to a {@link
 * ModelConfigRegistry} or {@link PromptDeduplicator} of the application's own. What nobody asks for is not made.
 */
@AutoConfiguration(after = DataRedisAutoConfiguration.class, before = LlmCacheAutoConfiguration.class)
@ConditionalOnBean(RedisConnectionFactory.class)
@EnableConfigurationProperties(LlmCacheProperties.class)
public final class LlmCacheStateAutoConfiguration {

    @Bean(destroyMethod = "close")
    @Lazy
    @ConditionalOnMissingBean
    StateConnection llmCacheStateConnection(
            LlmCacheProperties properties, BeanFactory beans, ObjectProvider<CacheConnection> ofAnswers) {
        return StateConnection.of(properties, beans, ofAnswers.getIfAvailable());
    }

    // It has to be there before the first call, also where beans are lazy.
    @Bean(destroyMethod = "close")
    @Lazy(false)
    @ConditionalOnBooleanProperty("llm-cache.model-registry.enabled")
    @ConditionalOnMissingBean(ModelConfigRegistry.class)
    RedisModelConfigRegistry llmCacheRedisModelConfigRegistry(
            StateConnection connection,
            ObjectProvider<RedisKeys> keys,
            LlmCacheProperties properties,
            Environment environment) {
        List<String> ofCaches = Stream.concat(
                        Stream.ofNullable(properties.defaultModel()),
                        properties.caches().values().stream()
                                .map(Cache::defaultModel)
                                .filter(Objects::nonNull))
                .filter(name -> !name.isBlank())
                .toList();
        return new RedisModelConfigRegistry(
                connection.connection(),
                keys(keys, properties, environment),
                ModelConfigFactory.create(properties.models()),
                ofCaches);
    }

    @Bean
    @Lazy
    @ConditionalOnMissingBean(ModelConfigs.class)
    @ConditionalOnBean(RedisModelConfigRegistry.class)
    RedisModelConfigs llmCacheModelConfigs(
            StateConnection connection,
            ObjectProvider<RedisKeys> keys,
            RedisModelConfigRegistry registry,
            LlmCacheProperties properties,
            Environment environment) {
        return new RedisModelConfigs(connection.connection(), keys(keys, properties, environment), registry::refresh);
    }

    @Bean
    @Lazy
    @ConditionalOnMissingBean(PromptDeduplicator.class)
    RedisPromptDeduplicator llmCachePromptDeduplicator(
            StateConnection connection,
            ObjectProvider<RedisKeys> keys,
            ObjectProvider<PromptNormalizer> normalizer,
            LlmCacheProperties properties,
            Environment environment) {
        Normalization steps = properties.normalization();
        return new RedisPromptDeduplicator(
                connection.connection(),
                keys(keys, properties, environment),
                normalizer.getIfAvailable(UnicodePromptNormalizer::new),
                new NormalizationSteps(steps.unicode(), steps.lowerCase(), steps.whiteSpace(), steps.strip()),
                DedupProperties.ttls(properties.dedup()));
    }

    /** Without the cache there are no keys of it. */
    private static RedisKeys keys(
            ObjectProvider<RedisKeys> keys, LlmCacheProperties properties, Environment environment) {
        return keys.getIfAvailable(() -> new RedisKeys(KeyPrefix.of(properties, environment)));
    }
}
