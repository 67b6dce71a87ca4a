package io.github.llmcache.autoconfigure.operations;

import io.github.llmcache.autoconfigure.LlmCacheAutoConfiguration;
import io.github.llmcache.autoconfigure.redis.LlmCacheRedisAutoConfiguration;
import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.PromptCallCapture;
import io.github.llmcache.engine.PromptCallDirectives;
import io.github.llmcache.operations.DefaultPromptCacheOperations;
import io.github.llmcache.operations.PromptCacheOperations;
import io.github.llmcache.tier.CacheBrowser;
import io.github.llmcache.tier.CacheEvictor;
import io.github.llmcache.tier.CacheTier;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Auto-configuration of the {@link PromptCacheOperations}, where there is a tier to evict from and to read. */
@AutoConfiguration(after = {LlmCacheAutoConfiguration.class, LlmCacheRedisAutoConfiguration.class})
@ConditionalOnBean({PromptCallCapture.class, CacheEvictor.class, CacheBrowser.class})
public final class LlmCacheOperationsAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    PromptCacheOperations llmPromptCacheOperations(
            CacheCatalog catalog,
            ObjectProvider<CacheTier> tiers,
            CacheEvictor evictor,
            CacheBrowser browser,
            PromptCallDirectives directives,
            PromptCallCapture capture) {
        return new DefaultPromptCacheOperations(
                catalog, tiers.orderedStream().toList(), evictor, browser, directives, capture, Clock.systemUTC());
    }
}
