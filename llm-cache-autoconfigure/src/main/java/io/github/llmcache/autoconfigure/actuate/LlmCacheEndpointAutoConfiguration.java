package io.github.llmcache.autoconfigure.actuate;

import io.github.llmcache.actuate.CacheControls;
import io.github.llmcache.actuate.CallExplanations;
import io.github.llmcache.actuate.LlmCacheEndpoint;
import io.github.llmcache.actuate.LlmCacheEndpointWebExtension;
import io.github.llmcache.autoconfigure.redis.LlmCacheRedisAutoConfiguration;
import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CacheModeSwitch;
import io.github.llmcache.engine.CacheModes;
import io.github.llmcache.engine.LookupPreview;
import io.github.llmcache.event.CacheStatistics;
import io.github.llmcache.event.FleetStatistics;
import io.github.llmcache.explain.CallExplainer;
import io.github.llmcache.interceptor.CachedBeans;
import io.github.llmcache.interceptor.CachedMethods;
import io.github.llmcache.interceptor.CachedPromptOperations;
import io.github.llmcache.tier.CacheBrowser;
import io.github.llmcache.tier.CacheEvictor;
import io.github.llmcache.tier.CacheTier;
import io.github.llmcache.tier.Circuit;
import java.time.InstantSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;

/** Wires the endpoint {@code llmcache} where it is exposed. */
@AutoConfiguration(after = LlmCacheRedisAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(LlmCacheEndpoint.class)
@ConditionalOnBooleanProperty(name = "llm-cache.enabled", matchIfMissing = true)
@EnableConfigurationProperties(LlmCacheEndpointProperties.class)
public final class LlmCacheEndpointAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean({CacheCatalog.class, CacheStatistics.class, CacheBrowser.class})
    LlmCacheEndpoint llmCacheEndpoint(
            CacheCatalog catalog,
            CacheStatistics statistics,
            CacheBrowser browser,
            ObjectProvider<Circuit> circuit,
            ObjectProvider<CacheEvictor> evictor,
            ObjectProvider<CacheModes> modes,
            ObjectProvider<CacheModeSwitch> modeSwitch,
            ObjectProvider<FleetStatistics> fleet,
            ApplicationEventPublisher publisher,
            LlmCacheEndpointProperties properties) {
        return new LlmCacheEndpoint(
                catalog,
                statistics,
                new CacheControls(
                        browser,
                        circuit.getIfUnique(),
                        evictor.getIfUnique(),
                        modes.getIfUnique(() -> CacheModes.ofSettings(catalog)),
                        modeSwitch.getIfUnique(),
                        fleet.getIfUnique()),
                publisher,
                InstantSource.system(),
                properties.getShowValues());
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(LlmCacheEndpoint.class)
    @ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
    LlmCacheEndpointWebExtension llmCacheEndpointWebExtension(
            LlmCacheEndpoint endpoint,
            ObjectProvider<CallExplanations> explanations,
            LlmCacheEndpointProperties properties) {
        return new LlmCacheEndpointWebExtension(
                endpoint, properties.getShowValues(), properties.getRoles(), explanations.getIfUnique());
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean({CacheCatalog.class, CacheBrowser.class, CachedBeans.class, CachedPromptOperations.class})
    CallExplanations llmCacheCallExplanations(
            CacheCatalog catalog,
            CacheBrowser browser,
            CachedBeans beans,
            CachedPromptOperations operations,
            ObjectProvider<CacheTier> tiers,
            ObjectProvider<CacheModes> modes,
            ApplicationEventPublisher publisher) {
        LookupPreview preview = new LookupPreview(
                tiers.orderedStream().toList(),
                modes.getIfUnique(() -> CacheModes.ofSettings(catalog)),
                InstantSource.system());
        return new CallExplanations(
                catalog,
                new CachedMethods(beans, operations),
                new CallExplainer(preview, browser),
                publisher,
                InstantSource.system());
    }
}
