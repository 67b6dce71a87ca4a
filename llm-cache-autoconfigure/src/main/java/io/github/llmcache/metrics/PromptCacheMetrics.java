package io.github.llmcache.metrics;

import io.github.llmcache.event.AnswerRejectedEvent;
import io.github.llmcache.event.CacheStatistics;
import io.github.llmcache.event.PromptCacheEvent;
import io.github.llmcache.event.PromptCacheListener;
import io.github.llmcache.event.RefreshEvent;
import io.github.llmcache.event.TierFailureEvent;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts and times the calls of cached methods in Micrometer's meters.
 *
 * <p>Thread-safe. No tag holds text of a prompt or an answer, a user or a scope. A meter is registered when it is first
 * needed; from then on an event costs a few look-ups in maps.
 */
public final class PromptCacheMetrics implements PromptCacheListener {

    /** How many models get a tag value of their own where nothing else is said. */
    public static final int DEFAULT_MAX_MODELS = 100;

    private final Supplier<? extends MeterRegistry> registry;
    private final ModelTags models;
    private final @Nullable CacheStatistics statistics;
    private final Map<String, CacheMeters> byCache = new ConcurrentHashMap<>();

    /**
     * Creates the metrics with the default bound of models.
     *
     * @param registry where the meters are registered
     */
    public PromptCacheMetrics(MeterRegistry registry) {
        this(() -> registry, DEFAULT_MAX_MODELS);
    }

    /**
     * Creates the metrics.
     *
     * @param registry where the meters are registered; first asked for at the first event, so that a listener made
     *     early in an application's start does not make the registry before it can be customized
     * @param maxModels how many models get a tag value of their own, not negative; the rest share {@code other}
     * @throws IllegalArgumentException if the bound is negative
     */
    public PromptCacheMetrics(Supplier<? extends MeterRegistry> registry, int maxModels) {
        this(registry, maxModels, null);
    }

    /**
     * Creates the metrics.
     *
     * @param registry where the meters are registered; first asked for at the first event
     * @param maxModels how many models get a tag value of their own, not negative; the rest share {@code other}
     * @param statistics tell how much time was saved; null to leave that out
     * @throws IllegalArgumentException if the bound is negative
     */
    public PromptCacheMetrics(
            Supplier<? extends MeterRegistry> registry, int maxModels, @Nullable CacheStatistics statistics) {
        this.registry = registry;
        this.models = new ModelTags(maxModels);
        this.statistics = statistics;
    }

    @Override
    public void onCall(PromptCacheEvent event) {
        metersOf(event.cache()).called(event);
    }

    @Override
    public boolean readsElapsedTime() {
        return false;
    }

    @Override
    public void onTierFailure(TierFailureEvent event) {
        metersOf(event.cache()).failed(event);
    }

    @Override
    public void onAnswerRejected(AnswerRejectedEvent event) {
        metersOf(event.cache()).rejected(event);
    }

    @Override
    public void onRefresh(RefreshEvent event) {
        metersOf(event.cache()).refreshed(event);
    }

    private CacheMeters metersOf(String cache) {
        CacheMeters meters = byCache.get(cache);
        if (meters != null) {
            return meters;
        }
        // The registry may be a bean still to be made, which must not happen under a lock of the map.
        CacheMeters made = new CacheMeters(registry.get(), cache, models, statistics);
        CacheMeters other = byCache.putIfAbsent(cache, made);
        if (other != null) {
            return other;
        }
        made.register();
        return made;
    }
}
