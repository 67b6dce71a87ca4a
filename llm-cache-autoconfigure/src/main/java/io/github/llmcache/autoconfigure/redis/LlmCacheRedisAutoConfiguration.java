package io.github.llmcache.autoconfigure.redis;

import io.github.llmcache.autoconfigure.LlmCacheAutoConfiguration;
import io.github.llmcache.autoconfigure.LlmCacheProperties;
import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CacheModes;
import io.github.llmcache.event.AskedDigests;
import io.github.llmcache.event.CacheStatistics;
import io.github.llmcache.event.FleetStatistics;
import io.github.llmcache.redis.CacheConnection;
import io.github.llmcache.redis.CircuitBreakerTier;
import io.github.llmcache.redis.LlmRedisCacheManager;
import io.github.llmcache.redis.RedisCacheBrowser;
import io.github.llmcache.redis.RedisCacheEvictor;
import io.github.llmcache.redis.RedisCacheModes;
import io.github.llmcache.redis.RedisCacheTier;
import io.github.llmcache.redis.RedisCircuit;
import io.github.llmcache.redis.RedisFleetStatistics;
import io.github.llmcache.redis.RedisKeys;
import io.github.llmcache.redis.RedisStatisticsWriter;
import io.github.llmcache.redis.RedisTracking;
import io.github.llmcache.tier.CacheBrowser;
import io.github.llmcache.tier.CacheEvictor;
import io.github.llmcache.tier.CacheTier;
import io.github.llmcache.tier.EvictionListener;
import io.github.llmcache.tier.InvalidationListener;
import java.time.Clock;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Auto-configuration of the tier in Redis, over a connection derived from the application's {@link
 * RedisConnectionFactory} and the {@link RedisCacheManager} bean {@code llmCacheManager}.
 *
 * <p>The manager is no candidate where a {@code CacheManager} is injected or looked for by its type alone, so the
 * application's own, or Boot's, stays the default one.
 */
@AutoConfiguration(after = {LlmCacheAutoConfiguration.class, DataRedisAutoConfiguration.class})
@ConditionalOnBooleanProperty(name = "llm-cache.enabled", matchIfMissing = true)
@ConditionalOnBean({RedisConnectionFactory.class, CacheCatalog.class})
public final class LlmCacheRedisAutoConfiguration {

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    CacheConnection llmCacheConnection(LlmCacheProperties properties, BeanFactory beans) {
        return CacheConnection.derivedFrom(
                UsersConnectionFactory.of(properties.redis(), beans),
                UsersConnectionFactory.timeout(properties.redis()),
                Clock.systemUTC());
    }

    @Bean
    CacheConnectionStart llmCacheConnectionStart(CacheConnection connection) {
        return new CacheConnectionStart(connection);
    }

    @Bean
    @ConditionalOnMissingBean
    RedisKeys llmCacheRedisKeys(LlmCacheProperties properties, Environment environment) {
        return new RedisKeys(KeyPrefix.of(properties, environment));
    }

    @Bean(defaultCandidate = false)
    @ConditionalOnMissingBean(name = "llmCacheManager")
    RedisCacheManager llmCacheManager(
            CacheConnection connection,
            RedisKeys keys,
            CacheCatalog catalog,
            ObjectProvider<InvalidationListener> nearer) {
        InvalidationListener near = nearer.orderedStream().findFirst().orElse(null);
        return LlmRedisCacheManager.of(connection, keys, catalog, Clock.systemUTC(), near);
    }

    @Bean
    @ConditionalOnMissingBean({RedisCircuit.class, RedisCacheTier.class, CircuitBreakerTier.class})
    @ConditionalOnBooleanProperty(name = "llm-cache.redis.circuit-breaker.enabled", matchIfMissing = true)
    RedisCircuit llmCacheRedisCircuit(LlmCacheProperties properties, CacheConnection connection) {
        return new RedisCircuit(CircuitProperties.settings(properties.redis().circuitBreaker()), connection);
    }

    @Bean
    @ConditionalOnMissingBean({RedisCacheTier.class, CircuitBreakerTier.class})
    CacheTier llmRedisCacheTier(
            @Qualifier("llmCacheManager") RedisCacheManager caches,
            RedisKeys keys,
            CacheCatalog catalog,
            CacheConnection connection,
            LlmCacheProperties properties,
            ObjectProvider<RedisCircuit> circuit,
            ObjectProvider<InvalidationListener> nearer) {
        LayoutProperties.check(properties, caches);
        InvalidationListener near = nearer.orderedStream().findFirst().orElse(null);
        RedisCacheTier tier = new RedisCacheTier(
                caches,
                keys,
                catalog,
                connection,
                LeaseProperties.time(properties.singleFlight()),
                LeaseProperties.longest(properties.singleFlight()),
                near == null ? cache -> false : near::keeps);
        RedisCircuit breaker = circuit.getIfAvailable();
        return breaker == null ? tier : new CircuitBreakerTier(tier, breaker);
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    @ConditionalOnBean(InvalidationListener.class)
    RedisTracking llmCacheRedisTracking(
            CacheConnection connection,
            RedisKeys keys,
            CacheCatalog catalog,
            ObjectProvider<InvalidationListener> nearer) {
        InvalidationListener near = nearer.orderedStream().findFirst().orElseThrow();
        return new RedisTracking(connection, keys, catalog, near);
    }

    @Bean
    @ConditionalOnMissingBean(CacheBrowser.class)
    RedisCacheBrowser llmCacheBrowser(
            CacheConnection connection,
            RedisKeys keys,
            CacheCatalog catalog,
            ObjectProvider<RedisCacheEvictor> evictor,
            ObjectProvider<InvalidationListener> nearer,
            ObjectProvider<EvictionListener> listeners) {
        // An evictor of the application's own may itself ask the browser.
        return new RedisCacheBrowser(
                connection,
                keys,
                catalog,
                evictor.getIfAvailable(() -> llmCacheEvictor(connection, keys, catalog, nearer, listeners)));
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean(CacheModes.class)
    RedisCacheModes llmCacheModes(CacheConnection connection, RedisKeys keys, CacheCatalog catalog) {
        return new RedisCacheModes(connection, keys, catalog);
    }

    @Bean
    @ConditionalOnMissingBean(CacheEvictor.class)
    RedisCacheEvictor llmCacheEvictor(
            CacheConnection connection,
            RedisKeys keys,
            CacheCatalog catalog,
            ObjectProvider<InvalidationListener> nearer,
            ObjectProvider<EvictionListener> listeners) {
        InvalidationListener near = nearer.orderedStream().findFirst().orElse(null);
        return new RedisCacheEvictor(
                connection, keys, catalog, near, listeners.orderedStream().toList());
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBooleanProperty("llm-cache.stats.repeats")
    @ConditionalOnBooleanProperty(name = "llm-cache.stats.enabled", matchIfMissing = true)
    AskedDigests llmCacheAskedDigests() {
        return new AskedDigests();
    }

    // Nobody asks for it, so an application whose beans are lazy would never make it.
    @Bean(destroyMethod = "close")
    @Lazy(false)
    @ConditionalOnMissingBean
    @ConditionalOnBean(CacheStatistics.class)
    @ConditionalOnBooleanProperty(name = "llm-cache.stats.enabled", matchIfMissing = true)
    RedisStatisticsWriter llmCacheStatisticsWriter(
            CacheStatistics statistics,
            ObjectProvider<AskedDigests> asked,
            CacheConnection connection,
            RedisKeys keys,
            ObjectProvider<RedisCircuit> circuit,
            LlmCacheProperties properties) {
        return new RedisStatisticsWriter(
                statistics,
                asked.getIfAvailable(),
                connection,
                keys,
                circuit.getIfAvailable(),
                StatsProperties.flushInterval(properties.stats()),
                StatsProperties.retention(properties.stats()),
                Clock.systemUTC());
    }

    @Bean
    @ConditionalOnMissingBean(FleetStatistics.class)
    @ConditionalOnBooleanProperty(name = "llm-cache.stats.enabled", matchIfMissing = true)
    RedisFleetStatistics llmCacheFleetStatistics(CacheConnection connection, RedisKeys keys) {
        return new RedisFleetStatistics(connection, keys);
    }

    @Bean
    RedisCacheTypeReport llmCacheTypeReport(ConfigurableListableBeanFactory beans, Environment environment) {
        return new RedisCacheTypeReport(beans, environment);
    }
}
