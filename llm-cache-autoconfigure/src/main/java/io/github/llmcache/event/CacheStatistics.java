package io.github.llmcache.event;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts the calls of this JVM by cache, and what their answers cost by cache and model.
 *
 * <p>Thread-safe. A call takes a few additions. The first 100 models of a cache have counts of their own, and those past
 * them share {@code other}.
 */
public final class CacheStatistics implements PromptCacheListener {

    private static final CacheCounters NONE = new CacheCounters();

    private final Map<String, CacheCounters> byCache = new ConcurrentHashMap<>();

    /** Creates statistics that start at zero. */
    public CacheStatistics() {}

    @Override
    public void onCall(PromptCacheEvent event) {
        countersOf(event.cache()).called(event);
    }

    @Override
    public boolean readsElapsedTime() {
        return false;
    }

    @Override
    public void onRefresh(RefreshEvent event) {
        countersOf(event.cache()).refreshed(event);
    }

    @Override
    public void onTierFailure(TierFailureEvent event) {
        countersOf(event.cache()).tierFailed();
    }

    @Override
    public void onAnswerRejected(AnswerRejectedEvent event) {
        countersOf(event.cache()).rejected();
    }

    /**
     * Reads the counts of a cache.
     *
     * @param cache the cache
     * @return its counts so far, all zero for a cache that was never called
     */
    public Snapshot of(String cache) {
        CacheCounters counters = byCache.get(cache);
        return (counters == null ? NONE : counters).snapshot();
    }

    /** The caches that were called, or of which something else was told. */
    public Set<String> caches() {
        return Set.copyOf(byCache.keySet());
    }

    private CacheCounters countersOf(String cache) {
        CacheCounters counters = byCache.get(cache);
        return counters != null ? counters : byCache.computeIfAbsent(cache, name -> new CacheCounters());
    }

    /**
     * The counts of one cache: of this JVM from its start to one moment, or, by {@link FleetStatistics}, of all JVMs.
     *
     * @param hits calls answered from the cache with an answer that was fresh
     * @param hitsByTier the hits by the tier that had the answer
     * @param stale calls answered from the cache at once with an answer that was no longer fresh
     * @param staleIfError calls answered from the cache with an old answer, because the method failed or took too long
     * @param coalesced calls answered by the load of an equal one
     * @param misses calls for which the cache had no answer, and that the method answered or that wanted a cached one only
     * @param bypasses calls that passed the cache by
     * @param refused calls that a guard did not let reach the method
     * @param errors calls whose method threw
     * @param refreshes calls of the method in the background that it answered
     * @param failedRefreshes calls of the method in the background in which it threw
     * @param tierFailures operations that a tier could not do
     * @param rejected answers that were not stored
     * @param loads calls of the method that it answered, in the background too
     * @param loadTime how long these took together
     * @param models what the answers cost by their models; {@code none} where none is named, {@code other} past the first
     *     100 models
     * @param calls the hits, stale answers, coalesced calls, misses and loads by the same models
     */
    public record Snapshot(
            long hits,
            Map<String, Long> hitsByTier,
            long stale,
            long staleIfError,
            long coalesced,
            long misses,
            long bypasses,
            long refused,
            long errors,
            long refreshes,
            long failedRefreshes,
            long tierFailures,
            long rejected,
            long loads,
            Duration loadTime,
            Map<String, ModelCosts> models,
            Map<String, ModelCalls> calls) {

        /** Copies the maps, in their order. */
        public Snapshot {
            hitsByTier = Collections.unmodifiableMap(new LinkedHashMap<>(hitsByTier));
            models = Collections.unmodifiableMap(new LinkedHashMap<>(models));
            calls = Collections.unmodifiableMap(new LinkedHashMap<>(calls));
        }

        /** What the answers cost, when the model gave them, that were hits, stale or coalesced. */
        public CostTotals saved() {
            return models.values().stream().map(ModelCosts::saved).reduce(CostTotals.NONE, CostTotals::plus);
        }

        /** What the answers cost that the method gave, in the background too. */
        public CostTotals spent() {
            return models.values().stream().map(ModelCosts::spent).reduce(CostTotals.NONE, CostTotals::plus);
        }

        /** How long the method took to answer in the mean; empty where it never did. */
        public Optional<Duration> meanLoadTime() {
            return loads == 0 ? Optional.empty() : Optional.of(loadTime.dividedBy(loads));
        }

        /**
         * How long a model took to answer in the mean.
         *
         * @param model the model's name
         * @return the time; empty where it never did
         */
        public Optional<Duration> meanLoadTimeOf(String model) {
            return calls.getOrDefault(model, ModelCalls.NONE).meanLoadTime();
        }

        /**
         * How much waiting the cache saved, an estimate: each hit and each stale answer would have taken as long as the
         * method takes in the mean. A coalesced call has waited for the method, and so saved none.
         *
         * @return the time; empty where it is not known how long the method takes
         */
        public Optional<Duration> estimatedTimeSaved() {
            return meanLoadTime().map(this::estimatedTimeSaved);
        }

        /**
         * As {@link #estimatedTimeSaved()}, where the time is known from elsewhere, such as of other days.
         *
         * @param meanLoadTime how long the method takes
         * @return the time
         */
        public Duration estimatedTimeSaved(Duration meanLoadTime) {
            return ModelCalls.times(meanLoadTime, hits + stale);
        }

        /**
         * The calls that were answered without a call of the method for themselves (hits, stale answers, coalesced ones) as
         * a share of these, the misses and the old answers for want of a new one, from 0 to 1; 0 before the first of them.
         */
        public double hitRatio() {
            long saved = hits + stale + coalesced;
            long asked = saved + misses + staleIfError;
            return asked == 0 ? 0 : (double) saved / asked;
        }
    }
}
