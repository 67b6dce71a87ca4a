package io.github.llmcache.autoconfigure.near;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.llmcache.autoconfigure.InvalidLlmCachePropertyException;
import io.github.llmcache.autoconfigure.LlmCacheAutoConfiguration;
import io.github.llmcache.autoconfigure.LlmCacheProperties;
import io.github.llmcache.autoconfigure.redis.LlmCacheRedisAutoConfiguration;
import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.interceptor.KeyMemo;
import io.github.llmcache.near.CaffeineKeyMemo;
import io.github.llmcache.near.NearCacheTier;
import io.github.llmcache.redis.RedisKeys;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Auto-configuration of the tier in the memory of this JVM, before the one in Redis, where Caffeine is there and Redis is
 * reached by Lettuce, which lets it tell what changes.
 */
@AutoConfiguration(
        after = {LlmCacheAutoConfiguration.class, DataRedisAutoConfiguration.class},
        before = LlmCacheRedisAutoConfiguration.class)
@ConditionalOnClass({Caffeine.class, LettuceConnectionFactory.class})
@ConditionalOnBooleanProperty(
        name = {"llm-cache.enabled", "llm-cache.near.enabled"},
        matchIfMissing = true)
@ConditionalOnBean({LettuceConnectionFactory.class, CacheCatalog.class})
public final class LlmCacheNearAutoConfiguration {

    private static final String MAXIMUM_WEIGHT = "llm-cache.near.maximum-weight";

    @Bean
    @Order(0)
    @ConditionalOnMissingBean
    NearCacheTier llmNearCacheTier(LlmCacheProperties properties, CacheCatalog catalog, RedisKeys keys) {
        return new NearCacheTier(
                Math.max(1, maximumWeight(properties) - memoWeight(properties)),
                key -> keys.tracked(key, catalog.settingsOf(key.cache()).keyStyle()));
    }

    @Bean
    @ConditionalOnMissingBean(KeyMemo.class)
    CaffeineKeyMemo llmCacheKeyMemo(LlmCacheProperties properties) {
        return new CaffeineKeyMemo(memoWeight(properties));
    }

    /** Prompts are mostly shorter than answers. */
    private static long memoWeight(LlmCacheProperties properties) {
        return Math.max(1, maximumWeight(properties) / 8);
    }

    private static long maximumWeight(LlmCacheProperties properties) {
        long bytes = properties.near().maximumWeight().toBytes();
        if (bytes <= 0) {
            throw new InvalidLlmCachePropertyException(
                    MAXIMUM_WEIGHT,
                    properties.near().maximumWeight(),
                    "is not a size above zero",
                    "Write a size such as 32MB. To keep no answers in memory, set llm-cache.near.enabled=false.");
        }
        return bytes;
    }
}
