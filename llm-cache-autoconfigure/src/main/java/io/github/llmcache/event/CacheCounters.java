package io.github.llmcache.event;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Counts the calls of one cache. Thread-safe. */
final class CacheCounters {

    /** Stands where no model is named. */
    private static final String NONE = "none";

    /** Stands for every model past the bound, and for those with names that are none. */
    private static final String OTHER = "other";

    private static final int MOST_MODELS = 100;
    private static final int LONGEST_NAME = 100;

    /** Of the outcomes that are not counted by model. */
    private final Map<CacheOutcome, LongAdder> byOutcome = new EnumMap<>(CacheOutcome.class);

    private final Map<String, ModelCounters> byModel = new ConcurrentHashMap<>();
    private final LongAdder refreshes = new LongAdder();
    private final LongAdder failedRefreshes = new LongAdder();
    private final LongAdder tierFailures = new LongAdder();
    private final LongAdder rejected = new LongAdder();

    CacheCounters() {
        for (CacheOutcome outcome : CacheOutcome.values()) {
            byOutcome.put(outcome, new LongAdder());
        }
    }

    void called(PromptCacheEvent event) {
        CacheOutcome outcome = event.outcome();
        switch (outcome) {
            case HIT -> {
                ModelCounters model = of(event.model());
                model.hitsOf(String.valueOf(event.tier())).increment();
                model.saved.add(event.cost());
            }
            case STALE, COALESCED -> {
                ModelCounters model = of(event.model());
                (outcome == CacheOutcome.STALE ? model.stale : model.coalesced).increment();
                model.saved.add(event.cost());
            }
            case MISS -> {
                of(event.model()).misses.increment();
                loadedBy(event);
            }
            case BYPASS -> {
                of(outcome).increment();
                loadedBy(event);
            }
            // Nothing is known of what an answer cost that did not come.
            case STALE_IF_ERROR, REFUSED, ERROR -> of(outcome).increment();
        }
    }

    void refreshed(RefreshEvent event) {
        if (event.succeeded()) {
            refreshes.increment();
            loaded(event.model(), event.loadNanos(), event.cost());
        } else {
            failedRefreshes.increment();
        }
    }

    void tierFailed() {
        tierFailures.increment();
    }

    void rejected() {
        rejected.increment();
    }

    /** A miss of a call that wanted a cached answer only has cost nothing. */
    private void loadedBy(PromptCacheEvent event) {
        if (event.loaded()) {
            loaded(event.model(), event.loadNanos(), event.cost());
        }
    }

    private void loaded(@Nullable String name, long nanos, @Nullable AnswerCost cost) {
        ModelCounters model = of(name);
        model.loads.increment();
        model.loadNanos.add(nanos);
        model.spent.add(cost);
    }

    private LongAdder of(CacheOutcome outcome) {
        return Objects.requireNonNull(byOutcome.get(outcome));
    }

    private ModelCounters of(@Nullable String model) {
        String name = model == null || model.isBlank() ? NONE : model;
        ModelCounters counters = byModel.get(name);
        return counters != null ? counters : admitted(name);
    }

    private ModelCounters admitted(String name) {
        // Names are never taken away, so a full map stays full: past the bound no call waits for the lock.
        if (name.length() <= LONGEST_NAME && byModel.size() < MOST_MODELS) {
            synchronized (byModel) {
                if (byModel.size() < MOST_MODELS) {
                    return byModel.computeIfAbsent(name, any -> new ModelCounters());
                }
            }
        }
        ModelCounters other = byModel.get(OTHER);
        return other != null ? other : byModel.computeIfAbsent(OTHER, any -> new ModelCounters());
    }

    CacheStatistics.Snapshot snapshot() {
        Map<String, ModelCosts> models = new TreeMap<>();
        Map<String, ModelCalls> calls = new TreeMap<>();
        byModel.forEach((name, counters) -> {
            models.put(name, new ModelCosts(counters.saved.totals(), counters.spent.totals()));
            calls.put(name, counters.calls());
        });
        Map<String, Long> tiers = new TreeMap<>();
        calls.values()
                .forEach(ofModel -> ofModel.hitsByTier().forEach((tier, hits) -> tiers.merge(tier, hits, Long::sum)));
        return new CacheStatistics.Snapshot(
                sum(calls, ModelCalls::hits),
                tiers,
                sum(calls, ModelCalls::stale),
                of(CacheOutcome.STALE_IF_ERROR).sum(),
                sum(calls, ModelCalls::coalesced),
                sum(calls, ModelCalls::misses),
                of(CacheOutcome.BYPASS).sum(),
                of(CacheOutcome.REFUSED).sum(),
                of(CacheOutcome.ERROR).sum(),
                refreshes.sum(),
                failedRefreshes.sum(),
                tierFailures.sum(),
                rejected.sum(),
                sum(calls, ModelCalls::loads),
                calls.values().stream().map(ModelCalls::loadTime).reduce(Duration.ZERO, Duration::plus),
                models,
                calls);
    }

    private static long sum(Map<String, ModelCalls> calls, ToLongFunction<ModelCalls> count) {
        return calls.values().stream().mapToLong(count).sum();
    }

    private static final class ModelCounters {

        private final CostCounters saved = new CostCounters();
        private final CostCounters spent = new CostCounters();
        private final Map<String, LongAdder> hitsByTier = new ConcurrentHashMap<>();
        private final LongAdder stale = new LongAdder();
        private final LongAdder coalesced = new LongAdder();
        private final LongAdder misses = new LongAdder();
        private final LongAdder loads = new LongAdder();
        private final LongAdder loadNanos = new LongAdder();

        LongAdder hitsOf(String tier) {
            LongAdder hits = hitsByTier.get(tier);
            return hits != null ? hits : hitsByTier.computeIfAbsent(tier, name -> new LongAdder());
        }

        ModelCalls calls() {
            Map<String, Long> tiers = new TreeMap<>();
            hitsByTier.forEach((tier, hits) -> tiers.put(tier, hits.sum()));
            return new ModelCalls(
                    tiers, stale.sum(), coalesced.sum(), misses.sum(), loads.sum(), Duration.ofNanos(loadNanos.sum()));
        }
    }
}
