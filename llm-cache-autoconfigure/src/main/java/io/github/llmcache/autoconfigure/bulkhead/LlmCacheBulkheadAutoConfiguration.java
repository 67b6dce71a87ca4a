package io.github.llmcache.autoconfigure.bulkhead;

import io.github.llmcache.autoconfigure.InvalidLlmCachePropertyException;
import io.github.llmcache.autoconfigure.LlmCacheAutoConfiguration;
import io.github.llmcache.autoconfigure.LlmCacheProperties;
import io.github.llmcache.autoconfigure.LlmCacheProperties.Bulkhead;
import io.github.llmcache.bulkhead.BulkheadGuard;
import java.time.Duration;
import java.util.Objects;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/** Auto-configuration of the limit on concurrent calls of the model, where one is set. */
@AutoConfiguration(after = LlmCacheAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "llm-cache.enabled", matchIfMissing = true)
@ConditionalOnProperty("llm-cache.bulkhead.max-concurrent-calls")
public final class LlmCacheBulkheadAutoConfiguration {

    private static final String PREFIX = "llm-cache.bulkhead.";

    @Bean
    @ConditionalOnMissingBean
    BulkheadGuard llmCacheBulkheadGuard(LlmCacheProperties properties) {
        Bulkhead bulkhead = properties.bulkhead();
        int limit = Objects.requireNonNullElse(bulkhead.maxConcurrentCalls(), 0);
        if (limit < 1) {
            throw new InvalidLlmCachePropertyException(
                    PREFIX + "max-concurrent-calls",
                    bulkhead.maxConcurrentCalls(),
                    "is not a number above zero",
                    "Write how many calls of the model there may be at a time, or leave the property out for no limit.");
        }
        Duration wait = bulkhead.maxWait();
        if (wait.isNegative()) {
            throw new InvalidLlmCachePropertyException(
                    PREFIX + "max-wait", wait, "is a time below zero", "Write a time such as 10s, or 0s for none.");
        }
        return new BulkheadGuard(limit, wait);
    }
}
