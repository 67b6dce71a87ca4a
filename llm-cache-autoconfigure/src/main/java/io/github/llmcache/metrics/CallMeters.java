package io.github.llmcache.metrics;

import io.github.llmcache.event.AnswerCost;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.PromptCacheEvent;
import io.github.llmcache.event.RefreshEvent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The meters of one cache's calls to one model. */
final class CallMeters {

    private static final String NO_TIER = "none";

    private final MeterRegistry registry;
    private final String cache;
    private final String model;
    private final Map<CacheOutcome, Map<String, Counter>> requests = new EnumMap<>(CacheOutcome.class);
    private final Map<Boolean, Counter> refreshes = new ConcurrentHashMap<>();
    private final CostMeters saved;
    private final CostMeters spent;
    private volatile @Nullable Timer load;

    CallMeters(MeterRegistry registry, String cache, String model) {
        this.registry = registry;
        this.cache = cache;
        this.model = model;
        this.saved = CostMeters.saved(registry, cache, model);
        this.spent = CostMeters.spent(registry, cache, model);
        for (CacheOutcome outcome : CacheOutcome.values()) {
            requests.put(outcome, new ConcurrentHashMap<>());
        }
    }

    void called(PromptCacheEvent event) {
        counterOf(event.outcome(), event.tier() == null ? NO_TIER : event.tier())
                .increment();
        if (event.loaded()) {
            load().record(event.loadNanos(), TimeUnit.NANOSECONDS);
        }
        AnswerCost cost = event.cost();
        if (cost != null) {
            (event.loaded() ? spent : saved).add(cost);
        }
    }

    void refreshed(RefreshEvent event) {
        refreshes.computeIfAbsent(event.succeeded(), this::refreshes).increment();
        load().record(event.loadNanos(), TimeUnit.NANOSECONDS);
        if (event.cost() != null) {
            spent.add(event.cost());
        }
    }

    private Counter counterOf(CacheOutcome outcome, String tier) {
        Map<String, Counter> byTier = Objects.requireNonNull(requests.get(outcome));
        Counter counter = byTier.get(tier);
        return counter != null ? counter : byTier.computeIfAbsent(tier, name -> requests(outcome, name));
    }

    private Counter requests(CacheOutcome outcome, String tier) {
        return Counter.builder("llm.cache.requests")
                .description("Calls of cached methods")
                .tag("cache", cache)
                .tag("outcome", TagValues.of(outcome))
                .tag("tier", tier)
                .tag("model", model)
                .register(registry);
    }

    private Counter refreshes(boolean succeeded) {
        return Counter.builder("llm.cache.refreshes")
                .description("Calls of models in the background, for answers that were served stale")
                .tag("cache", cache)
                .tag("model", model)
                .tag("result", succeeded ? "success" : "failure")
                .register(registry);
    }

    private Timer load() {
        Timer timer = load;
        if (timer == null) {
            timer = Timer.builder("llm.cache.load")
                    .description("How long models took to answer, for calls and in the background")
                    .tag("cache", cache)
                    .tag("model", model)
                    .register(registry);
            load = timer;
        }
        return timer;
    }
}
