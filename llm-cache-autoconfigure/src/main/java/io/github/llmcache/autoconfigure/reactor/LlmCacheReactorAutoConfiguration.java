package io.github.llmcache.autoconfigure.reactor;

import io.github.llmcache.autoconfigure.PromptCallObserverAutoConfiguration;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.reactor.FluxReturn;
import io.github.llmcache.reactor.MonoReturn;
import io.github.llmcache.reactor.PublisherCompletion;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import reactor.core.publisher.Mono;

/**
 * Lets cached methods return {@code Mono} and {@code Flux}.
 *
 * <p>Each bean gives way to one of its type that the application has.
 */
@AutoConfiguration(after = PromptCallObserverAutoConfiguration.class)
@ConditionalOnClass(Mono.class)
@ConditionalOnBooleanProperty(name = "llm-cache.enabled", matchIfMissing = true)
@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
public final class LlmCacheReactorAutoConfiguration {

    /** Creates the auto-configuration. */
    public LlmCacheReactorAutoConfiguration() {}

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    @ConditionalOnMissingBean
    MonoReturn llmCacheMonoReturn(PromptCallObserver observer) {
        return new MonoReturn(observer);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    @ConditionalOnMissingBean
    FluxReturn llmCacheFluxReturn(PromptCallObserver observer) {
        return new FluxReturn(observer);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    @ConditionalOnMissingBean
    PublisherCompletion llmCachePublisherCompletion() {
        return new PublisherCompletion();
    }
}
