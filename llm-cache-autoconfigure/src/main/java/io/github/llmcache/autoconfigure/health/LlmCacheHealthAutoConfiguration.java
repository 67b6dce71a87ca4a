package io.github.llmcache.autoconfigure.health;

import io.github.llmcache.actuate.LlmCacheHealthIndicator;
import io.github.llmcache.autoconfigure.redis.LlmCacheRedisAutoConfiguration;
import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CacheModes;
import io.github.llmcache.tier.CacheTier;
import io.github.llmcache.tier.Circuit;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** Wires the cache's part in the health of the application, unless {@code management.health.llmcache.enabled} is false. */
@AutoConfiguration(after = LlmCacheRedisAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBooleanProperty(name = "llm-cache.enabled", matchIfMissing = true)
@ConditionalOnEnabledHealthIndicator("llmcache")
public final class LlmCacheHealthAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(CacheCatalog.class)
    LlmCacheHealthIndicator llmCacheHealthIndicator(
            CacheCatalog catalog,
            ObjectProvider<CacheModes> modes,
            ObjectProvider<CacheTier> tiers,
            ObjectProvider<Circuit> circuit) {
        return new LlmCacheHealthIndicator(
                catalog,
                modes.getIfUnique(() -> CacheModes.ofSettings(catalog)),
                tiers.orderedStream().toList(),
                circuit.getIfUnique());
    }
}
