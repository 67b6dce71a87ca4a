package io.github.llmcache.metrics;

import io.github.llmcache.event.AnswerRejectedEvent;
import io.github.llmcache.event.BypassReason;
import io.github.llmcache.event.CacheStatistics;
import io.github.llmcache.event.PromptCacheEvent;
import io.github.llmcache.event.RefreshEvent;
import io.github.llmcache.event.RejectionReason;
import io.github.llmcache.event.TierFailureEvent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The meters of one cache, each registered when it is first needed and looked up without a tag being built. */
final class CacheMeters {

    private final MeterRegistry registry;
    private final String cache;
    private final ModelTags models;
    private final Map<String, CallMeters> calls = new ConcurrentHashMap<>();
    private final Map<BypassReason, Counter> bypasses = new ConcurrentHashMap<>();
    private final Map<RejectionReason, Counter> rejections = new ConcurrentHashMap<>();
    private final Map<TierFailureEvent, Counter> failures = new ConcurrentHashMap<>();
    /** Held here, because a meter that reads a function does not hold what it is read of. */
    private final @Nullable TimeSaved timeSaved;

    private volatile @Nullable DistributionSummary entryAge;

    CacheMeters(MeterRegistry registry, String cache, ModelTags models, @Nullable CacheStatistics statistics) {
        this.registry = registry;
        this.cache = cache;
        this.models = models;
        this.timeSaved = statistics == null ? null : new TimeSaved(statistics, cache);
    }

    /** Registers what no event needs, for the one object that stays. */
    void register() {
        if (timeSaved != null) {
            FunctionCounter.builder("llm.cache.time.saved", timeSaved, TimeSaved::seconds)
                    .description("How much waiting the answers from the cache saved, an estimate")
                    .baseUnit("seconds")
                    .tag("cache", cache)
                    .register(registry);
        }
    }

    void called(PromptCacheEvent event) {
        callsOf(models.tagOf(event.model())).called(event);
        BypassReason bypass = event.bypass();
        if (bypass != null) {
            bypasses.computeIfAbsent(bypass, this::bypasses).increment();
        }
        if (!Double.isNaN(event.age())) {
            entryAge().record(event.age());
        }
    }

    void refreshed(RefreshEvent event) {
        callsOf(models.tagOf(event.model())).refreshed(event);
    }

    void rejected(AnswerRejectedEvent event) {
        rejections.computeIfAbsent(event.reason(), this::rejections).increment();
    }

    void failed(TierFailureEvent event) {
        // The event is its own key: it holds the four tags and nothing else.
        failures.computeIfAbsent(event, this::errors).increment();
    }

    private CallMeters callsOf(String model) {
        CallMeters meters = calls.get(model);
        return meters != null ? meters : calls.computeIfAbsent(model, name -> new CallMeters(registry, cache, name));
    }

    private Counter bypasses(BypassReason reason) {
        return Counter.builder("llm.cache.bypasses")
                .description("Calls that passed the cache by")
                .tag("cache", cache)
                .tag("reason", TagValues.of(reason))
                .register(registry);
    }

    private Counter rejections(RejectionReason reason) {
        return Counter.builder("llm.cache.rejections")
                .description("Answers that were not stored")
                .tag("cache", cache)
                .tag("reason", TagValues.of(reason))
                .register(registry);
    }

    private Counter errors(TierFailureEvent event) {
        return Counter.builder("llm.cache.errors")
                .description("Operations that a tier of the cache could not do")
                .tag("cache", cache)
                .tag("tier", event.tier())
                .tag("operation", TagValues.of(event.operation()))
                .tag("kind", TagValues.of(event.kind()))
                .register(registry);
    }

    private DistributionSummary entryAge() {
        DistributionSummary summary = entryAge;
        if (summary == null) {
            // The expected values bound the buckets where a histogram is asked for.
            summary = DistributionSummary.builder("llm.cache.entry.age")
                    .description("How old the answers of hits were, as a share of their TTL")
                    .tag("cache", cache)
                    .minimumExpectedValue(0.01)
                    .maximumExpectedValue(1.0)
                    .register(registry);
            entryAge = summary;
        }
        return summary;
    }
}
