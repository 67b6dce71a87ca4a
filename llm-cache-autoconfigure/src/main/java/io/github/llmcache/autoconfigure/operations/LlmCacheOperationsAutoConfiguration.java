package io.github.llmcache.autoconfigure.operations;

import io.github.llmcache.autoconfigure.LlmCacheAutoConfiguration;
import io.github.llmcache.autoconfigure.redis.LlmCacheRedisAutoConfiguration;
import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CacheModes;
import io.github.llmcache.engine.PromptCache;
import io.github.llmcache.engine.PromptCallCapture;
import io.github.llmcache.operations.CacheOperationListener;
import io.github.llmcache.operations.DefaultPromptCacheOperations;
import io.github.llmcache.operations.InertPromptCacheOperations;
import io.github.llmcache.operations.PromptCacheOperations;
import io.github.llmcache.tier.CacheBrowser;
import io.github.llmcache.tier.CacheEvictor;
import io.github.llmcache.tier.CacheTier;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the {@link PromptCacheOperations}, over a tier to evict from and to read, or of inert ones where the
 * cache is switched off or has no tier. {@link CacheOperationListener} beans are added.
 */
@AutoConfiguration(after = {LlmCacheAutoConfiguration.class, LlmCacheRedisAutoConfiguration.class})
public final class LlmCacheOperationsAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean({PromptCallCapture.class, CacheEvictor.class, CacheBrowser.class})
    PromptCacheOperations llmPromptCacheOperations(
            CacheCatalog catalog,
            ObjectProvider<CacheTier> tiers,
            CacheEvictor evictor,
            CacheBrowser browser,
            PromptCache cache,
            PromptCallCapture capture,
            ObjectProvider<CacheModes> modes,
            ObjectProvider<CacheOperationListener> listeners) {
        return new DefaultPromptCacheOperations(
                catalog,
                tiers.orderedStream().toList(),
                evictor,
                browser,
                cache,
                capture,
                modes.getIfAvailable(() -> CacheModes.ofSettings(catalog)),
                listeners.orderedStream().toList(),
                Clock.systemUTC());
    }

    /** For tiers of the application's own, evictions that do nothing would be a lie; there the bean is missing. */
    @Bean
    @ConditionalOnMissingBean({PromptCacheOperations.class, CacheTier.class})
    PromptCacheOperations llmPromptCacheOperationsWithoutTiers() {
        return new InertPromptCacheOperations();
    }

    @Bean
    @ConditionalOnMissingBean(PromptCacheOperations.class)
    @ConditionalOnBooleanProperty(name = "llm-cache.enabled", havingValue = false)
    PromptCacheOperations llmPromptCacheOperationsWithoutCache() {
        return new InertPromptCacheOperations();
    }
}
