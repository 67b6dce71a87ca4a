package io.github.llmcache.event;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the calls of this JVM by cache.
 *
 * <p>Thread-safe.
 */
public final class CacheStatistics implements PromptCacheListener {

    private final Map<String, Counters> byCache = new ConcurrentHashMap<>();

    /** Creates statistics that start at zero. */
    public CacheStatistics() {}

    @Override
    public void onCall(PromptCacheEvent event) {
        Counters counters = countersOf(event.cache());
        switch (event.outcome()) {
            case HIT -> {
                counters.hits.increment();
                counters.hitsByTier
                        .computeIfAbsent(String.valueOf(event.tier()), tier -> new LongAdder())
                        .increment();
            }
            case MISS -> counters.misses.increment();
            case BYPASS -> counters.bypasses.increment();
            case ERROR -> counters.errors.increment();
        }
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
        return counters == null ? new Snapshot(0, Map.of(), 0, 0, 0, 0, 0) : counters.snapshot();
    }

    private Counters countersOf(String cache) {
        Counters counters = byCache.get(cache);
        return counters != null ? counters : byCache.computeIfAbsent(cache, name -> new Counters());
    }

    /**
     * The counts of one cache at one moment, of this JVM since it started.
     *
     * @param hits calls answered from the cache
     * @param hitsByTier the hits by the tier that had the answer
     * @param misses calls that the method answered
     * @param bypasses calls that passed the cache by
     * @param errors calls whose method threw
     * @param tierFailures operations that a tier could not do
     * @param rejected answers that were not stored
     */
    public record Snapshot(
            long hits,
            Map<String, Long> hitsByTier,
            long misses,
            long bypasses,
            long errors,
            long tierFailures,
            long rejected) {

        /** Copies the map, in its order. */
        public Snapshot {
            hitsByTier = Collections.unmodifiableMap(new LinkedHashMap<>(hitsByTier));
        }

        /** Hits as a share of hits and misses, from 0 to 1; 0 before the first of them. */
        public double hitRatio() {
            long asked = hits + misses;
            return asked == 0 ? 0 : (double) hits / asked;
        }
    }

    private static final class Counters {

        private final LongAdder hits = new LongAdder();
        private final Map<String, LongAdder> hitsByTier = new ConcurrentHashMap<>();
        private final LongAdder misses = new LongAdder();
        private final LongAdder bypasses = new LongAdder();
        private final LongAdder errors = new LongAdder();
        private final LongAdder tierFailures = new LongAdder();
        private final LongAdder rejected = new LongAdder();

        Snapshot snapshot() {
            Map<String, Long> tiers = new TreeMap<>();
            hitsByTier.forEach((tier, count) -> tiers.put(tier, count.sum()));
            return new Snapshot(
                    hits.sum(), tiers, misses.sum(), bypasses.sum(), errors.sum(), tierFailures.sum(), rejected.sum());
        }
    }
}
