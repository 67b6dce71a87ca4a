package io.github.llmcache.event;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the calls of this JVM by cache.
 *
 * <p>Thread-safe.
 */
public final class CacheStatistics implements PromptCacheListener {

    private static final Counters NONE = new Counters();

    private final Map<String, Counters> byCache = new ConcurrentHashMap<>();

    /** Creates statistics that start at zero. */
    public CacheStatistics() {}

    @Override
    public void onCall(PromptCacheEvent event) {
        Counters counters = countersOf(event.cache());
        counters.of(event.outcome()).increment();
        if (event.outcome() == CacheOutcome.HIT) {
            counters.hitsByTier
                    .computeIfAbsent(String.valueOf(event.tier()), tier -> new LongAdder())
                    .increment();
        }
    }

    @Override
    public void onRefresh(RefreshEvent event) {
        Counters counters = countersOf(event.cache());
        (event.succeeded() ? counters.refreshes : counters.failedRefreshes).increment();
    }

    @Override
    public void onTierFailure(TierFailureEvent event) {
        countersOf(event.cache()).tierFailures.increment();
    }

    @Override
    public void onAnswerRejected(AnswerRejectedEvent event) {
        countersOf(event.cache()).rejected.increment();
    }

    /**
     * Reads the counts of a cache.
     *
     * @param cache the cache
     * @return its counts so far, all zero for a cache that was never called
     */
    public Snapshot of(String cache) {
        Counters counters = byCache.get(cache);
        return (counters == null ? NONE : counters).snapshot();
    }

    private Counters countersOf(String cache) {
        Counters counters = byCache.get(cache);
        return counters != null ? counters : byCache.computeIfAbsent(cache, name -> new Counters());
    }

    /**
     * The counts of one cache at one moment, of this JVM since it started.
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
            long rejected) {

        /** Copies the map, in its order. */
        public Snapshot {
            hitsByTier = Collections.unmodifiableMap(new LinkedHashMap<>(hitsByTier));
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

    private static final class Counters {

        private final Map<CacheOutcome, LongAdder> byOutcome = new EnumMap<>(CacheOutcome.class);
        private final Map<String, LongAdder> hitsByTier = new ConcurrentHashMap<>();
        private final LongAdder refreshes = new LongAdder();
        private final LongAdder failedRefreshes = new LongAdder();
        private final LongAdder tierFailures = new LongAdder();
        private final LongAdder rejected = new LongAdder();

        Counters() {
            for (CacheOutcome outcome : CacheOutcome.values()) {
                byOutcome.put(outcome, new LongAdder());
            }
        }

        Snapshot snapshot() {
            Map<String, Long> tiers = new TreeMap<>();
            hitsByTier.forEach((tier, count) -> tiers.put(tier, count.sum()));
            return new Snapshot(
                    of(CacheOutcome.HIT).sum(),
                    tiers,
                    of(CacheOutcome.STALE).sum(),
                    of(CacheOutcome.STALE_IF_ERROR).sum(),
                    of(CacheOutcome.COALESCED).sum(),
                    of(CacheOutcome.MISS).sum(),
                    of(CacheOutcome.BYPASS).sum(),
                    of(CacheOutcome.REFUSED).sum(),
                    of(CacheOutcome.ERROR).sum(),
                    refreshes.sum(),
                    failedRefreshes.sum(),
                    tierFailures.sum(),
                    rejected.sum());
        }

        LongAdder of(CacheOutcome outcome) {
            return Objects.requireNonNull(byOutcome.get(outcome));
        }
    }
}
