package io.github.llmcache.autoconfigure;

import io.github.llmcache.engine.PromptCallDirectives;
import io.github.llmcache.engine.PromptCallObserver;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the {@link PromptCallObserver} and the {@link PromptCallDirectives}, which are there even where the
 * cache is disabled: an application that injects them starts all the same, sees no outcomes, and its directives do nothing.
 */
@AutoConfiguration
public final class PromptCallObserverAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    PromptCallObserver llmCachePromptCallObserver() {
        return new PromptCallObserver();
    }

    @Bean
    @ConditionalOnMissingBean
    PromptCallDirectives llmCachePromptCallDirectives() {
        return new PromptCallDirectives();
    }
}
