package io.github.llmcache.autoconfigure.metrics;

import io.github.llmcache.autoconfigure.bulkhead.LlmCacheBulkheadAutoConfiguration;
import io.github.llmcache.autoconfigure.redis.LlmCacheRedisAutoConfiguration;
import io.github.llmcache.autoconfigure.usage.LlmCacheUsageAutoConfiguration;
import io.github.llmcache.bulkhead.BulkheadGuard;
import io.github.llmcache.event.CacheStatistics;
import io.github.llmcache.metrics.BulkheadMetrics;
import io.github.llmcache.metrics.PromptCacheMetrics;
import io.github.llmcache.metrics.RedisCircuitMetrics;
import io.github.llmcache.metrics.RedisMemoryMetrics;
import io.github.llmcache.metrics.UsageMetrics;
import io.github.llmcache.tier.CacheBrowser;
import io.github.llmcache.tier.Circuit;
import io.github.llmcache.usage.UsageBudgets;
import io.github.llmcache.usage.UsageLedger;
import io.github.llmcache.usage.UsageWarnings;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.cache.metrics.CacheMetricsRegistrar;
import org.springframework.context.annotation.Bean;
import org.springframework.data.redis.cache.RedisCacheManager;

/** Wires the cache's meters where the application has a meter registry. */
@AutoConfiguration(
        after = {
            LlmCacheRedisAutoConfiguration.class,
            LlmCacheBulkheadAutoConfiguration.class,
            LlmCacheUsageAutoConfiguration.class
        },
        // By name: the registry can be there without Boot's metrics.
        afterName = {
            "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration",
            "org.springframework.boot.cache.autoconfigure.metrics.CacheMetricsAutoConfiguration"
        })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
@ConditionalOnBooleanProperty(name = "llm-cache.enabled", matchIfMissing = true)
public final class LlmCacheMetricsAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    PromptCacheMetrics promptCacheMetrics(
            ObjectProvider<MeterRegistry> registry, ObjectProvider<CacheStatistics> statistics) {
        return new PromptCacheMetrics(
                // Of several registries without a composite none can be chosen, and the global one passes on to all.
                () -> Objects.requireNonNullElse(registry.getIfUnique(), Metrics.globalRegistry),
                PromptCacheMetrics.DEFAULT_MAX_MODELS,
                statistics.getIfUnique());
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(CacheBrowser.class)
    RedisMemoryMetrics llmCacheRedisMemoryMetrics(CacheBrowser browser) {
        return new RedisMemoryMetrics(browser);
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnSingleCandidate(Circuit.class)
    RedisCircuitMetrics llmCacheRedisCircuitMetrics(Circuit circuit) {
        return new RedisCircuitMetrics(circuit);
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnSingleCandidate(BulkheadGuard.class)
    BulkheadMetrics llmCacheBulkheadMetrics(BulkheadGuard bulkhead) {
        return new BulkheadMetrics(bulkhead::available);
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean({UsageLedger.class, UsageWarnings.class, UsageBudgets.class})
    UsageMetrics llmCacheUsageMetrics(UsageLedger ledger, UsageWarnings warnings, UsageBudgets budgets) {
        return new UsageMetrics(ledger.refusals(), warnings, budgets);
    }

    @Bean
    @ConditionalOnMissingBean({BootCacheMeters.class, CacheMetricsRegistrar.class})
    @ConditionalOnBean(name = "llmCacheManager")
    BootCacheMeters llmCacheBootCacheMeters(@Qualifier("llmCacheManager") RedisCacheManager caches) {
        return new BootCacheMeters(caches);
    }
}
