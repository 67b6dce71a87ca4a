package io.github.llmcache.autoconfigure.actuate;

import io.github.llmcache.actuate.LlmCacheModelsEndpoint;
import io.github.llmcache.actuate.ModelChanges;
import io.github.llmcache.autoconfigure.redis.LlmCacheStateAutoConfiguration;
import io.github.llmcache.model.ModelConfigs;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;

/** Wires the endpoint {@code llmcachemodels} where it is exposed and models are registered in Redis. */
@AutoConfiguration(after = LlmCacheStateAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(LlmCacheModelsEndpoint.class)
@EnableConfigurationProperties(LlmCacheEndpointProperties.class)
public final class LlmCacheModelsEndpointAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(ModelConfigs.class)
    LlmCacheModelsEndpoint llmCacheModelsEndpoint(
            ModelConfigs models, ApplicationEventPublisher publisher, LlmCacheEndpointProperties properties) {
        return new LlmCacheModelsEndpoint(
                new ModelChanges(models, publisher), properties.getShowValues(), properties.getRoles());
    }
}
