package io.github.llmcache.autoconfigure;

import io.github.llmcache.engine.PromptCallObserver;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the {@link PromptCallObserver}, which is there even where the cache is disabled: an application
 * that asks it for outcomes starts all the same, and sees none.
 */
@AutoConfiguration
public final class PromptCallObserverAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    PromptCallObserver llmCachePromptCallObserver() {
        return new PromptCallObserver();
    }
}
