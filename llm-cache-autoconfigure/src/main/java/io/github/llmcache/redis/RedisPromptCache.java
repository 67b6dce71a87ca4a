package io.github.llmcache.redis;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CacheSettings;
import io.github.llmcache.engine.CompleteAnswers;
import io.github.llmcache.engine.EngineOptions;
import io.github.llmcache.engine.EngineThreads;
import io.github.llmcache.engine.PromptCache;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.event.GuardedListeners;
import io.github.llmcache.event.PromptCacheListener;
import io.github.llmcache.model.ModelConfig;
import io.github.llmcache.model.ModelConfigRegistry;
import io.github.llmcache.tier.CacheEvictor;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * A {@link PromptCache} on Redis for applications without a container: one line instead of what the auto-configuration
 * puts together.
 *
 * <pre>{@code
 * try (RedisPromptCache redis = RedisPromptCache.builder(connectionFactory).keyPrefix("shop:").build()) {
 *     ModelCache cache = ModelCache.builder(redis.cache()).catalog(redis.catalog()).build();
 *     ChatModel model = CachingChatModel.builder().delegate(openAi).name("openai").cache(cache).build();
 * }
 * }</pre>
 *
 * <p>It has a connection of its own, a circuit and leases as in an application; there is no tier in memory, and modes are
 * not switched. Thread-safe. To be closed at the end; the connection factory is not closed with it.
 */
public final class RedisPromptCache implements AutoCloseable {

    private static final Duration LEASE = Duration.ofSeconds(5);

    private final CacheConnection connection;
    private final EngineThreads threads = new EngineThreads();
    private final CacheCatalog catalog;
    private final PromptCache cache;
    private final PromptCallObserver observer = new PromptCallObserver();
    private final CacheEvictor evictor;

    private RedisPromptCache(Builder from) {
        Clock clock = Clock.systemUTC();
        ModelConfigRegistry models = ModelConfigRegistry.of(from.models);
        this.catalog = new CacheCatalog(from.settings, from.caches, models::longestTtl);
        this.connection = CacheConnection.derivedFrom(from.factory, from.timeout, clock);
        RedisKeys keys = new RedisKeys(from.keyPrefix);
        LlmRedisCacheManager manager = LlmRedisCacheManager.of(connection, keys, catalog, clock, null);
        RedisCacheTier tier = new RedisCacheTier(manager, keys, catalog, connection, LEASE);
        this.evictor = new RedisCacheEvictor(connection, keys, catalog, null, List.of());
        EngineOptions defaults = EngineOptions.DEFAULTS;
        this.cache = new PromptCache(
                List.of(new CircuitBreakerTier(tier, new RedisCircuit(CircuitSettings.DEFAULTS, connection))),
                new GuardedListeners(from.listeners),
                observer,
                clock,
                new EngineOptions(
                        defaults.singleFlight(),
                        defaults.maxWait(),
                        defaults.maxConcurrentRefreshes(),
                        defaults.guards(),
                        defaults.modes(),
                        defaults.context(),
                        new CompleteAnswers(catalog),
                        models),
                threads);
        connection.start();
    }

    /**
     * Begins a cache.
     *
     * @param connectionFactory the application's, started; it tells servers, credentials and pool
     * @return a builder in which all else has a default
     */
    public static Builder builder(RedisConnectionFactory connectionFactory) {
        return new Builder(connectionFactory);
    }

    /** The cache. */
    public PromptCache cache() {
        return cache;
    }

    /** The caches and their settings. */
    public CacheCatalog catalog() {
        return catalog;
    }

    /** Tells callers the outcome of their calls. */
    public PromptCallObserver observer() {
        return observer;
    }

    /** Evicts answers. */
    public CacheEvictor evictor() {
        return evictor;
    }

    /** Waits for a moment for answers that are being stored, and ends threads and connection. */
    @Override
    public void close() {
        threads.close();
        connection.close();
    }

    /** Builds a {@link RedisPromptCache}; not thread-safe. */
    public static final class Builder {

        private final RedisConnectionFactory factory;
        private final Map<String, CacheSettings> caches = new LinkedHashMap<>();
        private final List<PromptCacheListener> listeners = new ArrayList<>();
        private Collection<ModelConfig> models = List.of();
        private CacheSettings settings = CacheSettings.DEFAULTS;
        private String keyPrefix = "";
        private Duration timeout = Duration.ofMillis(250);

        private Builder(RedisConnectionFactory factory) {
            this.factory = Objects.requireNonNull(factory, "connectionFactory");
        }

        /**
         * Sets what stands before every key.
         *
         * @param prefix the prefix, by default nothing
         * @return this builder
         */
        public Builder keyPrefix(String prefix) {
            this.keyPrefix = Objects.requireNonNull(prefix, "prefix");
            return this;
        }

        /**
         * Sets how long a command may take before a call goes on without the cache.
         *
         * @param time the time, by default 250 milliseconds
         * @return this builder
         */
        public Builder timeout(Duration time) {
            this.timeout = Objects.requireNonNull(time, "time");
            return this;
        }

        /**
         * Sets what holds for caches that have no settings of their own.
         *
         * @param defaults the settings, by default {@link CacheSettings#DEFAULTS}
         * @return this builder
         */
        public Builder settings(CacheSettings defaults) {
            this.settings = Objects.requireNonNull(defaults, "defaults");
            return this;
        }

        /**
         * Sets what holds for one cache.
         *
         * @param cache its name
         * @param own its settings
         * @return this builder
         */
        public Builder settings(String cache, CacheSettings own) {
            caches.put(cache, own);
            return this;
        }

        /**
         * Sets what is registered of models: the prices of what hits save, and how long answers are kept.
         *
         * @param registered the models
         * @return this builder
         */
        public Builder models(Collection<ModelConfig> registered) {
            this.models = List.copyOf(registered);
            return this;
        }

        /**
         * Adds a listener.
         *
         * @param listener hears of every call
         * @return this builder
         */
        public Builder listener(PromptCacheListener listener) {
            listeners.add(listener);
            return this;
        }

        /**
         * Builds the cache. Redis need not be there.
         *
         * @return the cache
         * @throws IllegalArgumentException if the name of a cache or the prefix can't be used
         */
        public RedisPromptCache build() {
            return new RedisPromptCache(this);
        }
    }
}
