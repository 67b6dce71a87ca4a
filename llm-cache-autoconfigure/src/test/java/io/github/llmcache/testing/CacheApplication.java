package io.github.llmcache.testing;

import io.github.llmcache.autoconfigure.LlmCacheAutoConfiguration;
import io.github.llmcache.autoconfigure.LlmCacheEvictionAutoConfiguration;
import io.github.llmcache.autoconfigure.PromptCallObserverAutoConfiguration;
import io.github.llmcache.autoconfigure.operations.LlmCacheOperationsAutoConfiguration;
import io.github.llmcache.autoconfigure.redis.LlmCacheRedisAutoConfiguration;
import io.github.llmcache.autoconfigure.redis.LlmCacheStateAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Applications for tests, wired as Boot wires them. */
public final class CacheApplication {

    private CacheApplication() {}

    /** An application on a server, with nothing of its own, that a busy machine does not make impatient. */
    public static ApplicationContextRunner on(RealRedis redis) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        AopAutoConfiguration.class,
                        DataRedisAutoConfiguration.class,
                        CacheAutoConfiguration.class,
                        PromptCallObserverAutoConfiguration.class,
                        LlmCacheAutoConfiguration.class,
                        LlmCacheEvictionAutoConfiguration.class,
                        LlmCacheRedisAutoConfiguration.class,
                        LlmCacheStateAutoConfiguration.class,
                        LlmCacheOperationsAutoConfiguration.class))
                .withPropertyValues(redis.properties())
                .withPropertyValues("llm-cache.redis.timeout=5s");
    }
}
