package io.github.llmcache.metrics;

import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.PromptCacheEvent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The meters of one cache's calls to one model. */
final class CallMeters {

    private static final String NO_TIER = "none";

    private final MeterRegistry registry;
    private final String cache;
    private final String model;
    private final Map<String, Counter> hits = new ConcurrentHashMap<>();
    private final Map<CacheOutcome, Counter> others = new ConcurrentHashMap<>();
    private volatile @Nullable Timer load;

    CallMeters(MeterRegistry registry, String cache, String model) {
        this.registry = registry;
        this.cache = cache;
        this.model = model;
    }

    void called(PromptCacheEvent event) {
        counterOf(event.outcome(), event.tier() == null ? NO_TIER : event.tier())
                .increment();
        if (event.loaded()) {
            load().record(event.loadNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private Counter counterOf(CacheOutcome outcome, String tier) {
        if (outcome == CacheOutcome.HIT) {
            Counter counter = hits.get(tier);
            return counter != null ? counter : hits.computeIfAbsent(tier, name -> requests(outcome, name));
        }
        Counter counter = others.get(outcome);
        return counter != null ? counter : others.computeIfAbsent(outcome, other -> requests(other, NO_TIER));
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

    private Timer load() {
        Timer timer = load;
        if (timer == null) {
            timer = Timer.builder("llm.cache.load")
                    .description("How long models took to answer calls that the cache did not")
                    .tag("cache", cache)
                    .tag("model", model)
                    .register(registry);
            load = timer;
        }
        return timer;
    }
}
