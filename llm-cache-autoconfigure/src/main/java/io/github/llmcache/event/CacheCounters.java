package io.github.llmcache.event;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counts the calls of one cache. Thread-safe. */
final class CacheCounters {

    /** Stands where no model is named. */
    private static final String NONE = "none";

    /** Stands for every model past the bound, and for those with names that are none. */
    private static final String OTHER = "other";

    private static final int MOST_MODELS = 100;
    private static final int LONGEST_NAME = 100;

    private final Map<CacheOutcome, LongAdder> byOutcome = new EnumMap<>(CacheOutcome.class);
    private final Map<String, LongAdder> hitsByTier = new ConcurrentHashMap<>();
    private final Map<String, ModelCounters> byModel = new ConcurrentHashMap<>();
    private final LongAdder refreshes = new LongAdder();
    private final LongAdder failedRefreshes = new LongAdder();
    private final LongAdder tierFailures = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder loads = new LongAdder();
    private final LongAdder loadNanos = new LongAdder();

    CacheCounters() {
        for (CacheOutcome outcome : CacheOutcome.values()) {
            byOutcome.put(outcome, new LongAdder());
        }
    }

    void called(PromptCacheEvent event) {
        CacheOutcome outcome = event.outcome();
        of(outcome).increment();
        switch (outcome) {
            case HIT -> {
                hitsOf(String.valueOf(event.tier())).increment();
                costsOf(event.model()).saved.add(event.cost());
            }
            case STALE, COALESCED -> costsOf(event.model()).saved.add(event.cost());
            case MISS, BYPASS -> {
                // A miss of a call that wanted a cached answer only has cost nothing.
                if (event.loaded()) {
                    loaded(event.model(), event.loadNanos(), event.cost());
                }
            }
            case STALE_IF_ERROR, REFUSED, ERROR -> {
                // Nothing is known of what an answer cost that did not come.
            }
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

    private void loaded(@Nullable String model, long nanos, @Nullable AnswerCost cost) {
        loads.increment();
        loadNanos.add(nanos);
        costsOf(model).spent.add(cost);
    }

    private LongAdder of(CacheOutcome outcome) {
        return Objects.requireNonNull(byOutcome.get(outcome));
    }

    private LongAdder hitsOf(String tier) {
        LongAdder hits = hitsByTier.get(tier);
        return hits != null ? hits : hitsByTier.computeIfAbsent(tier, name -> new LongAdder());
    }

    private ModelCounters costsOf(@Nullable String model) {
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
        Map<String, Long> tiers = new TreeMap<>();
        hitsByTier.forEach((tier, count) -> tiers.put(tier, count.sum()));
        Map<String, ModelCosts> models = new TreeMap<>();
        byModel.forEach(
                (name, counters) -> models.put(name, new ModelCosts(counters.saved.totals(), counters.spent.totals())));
        return new CacheStatistics.Snapshot(
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
                rejected.sum(),
                loads.sum(),
                Duration.ofNanos(loadNanos.sum()),
                models);
    }

    private static final class ModelCounters {

        private final CostCounters saved = new CostCounters();
        private final CostCounters spent = new CostCounters();
    }
}
