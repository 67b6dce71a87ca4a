package io.github.llmcache.metrics;

import io.github.llmcache.event.AnswerCost;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

/** The meters of what the answers of one cache and one model cost: of those saved, or of those spent. */
final class CostMeters {

    private static final double NANOS = 1e9;

    private final MeterRegistry registry;
    private final String cache;
    private final String model;
    private final String kind;
    private final String answers;
    private volatile @Nullable Counter input;
    private volatile @Nullable Counter output;
    private volatile @Nullable Counter cost;

    private CostMeters(MeterRegistry registry, String cache, String model, String kind, String answers) {
        this.registry = registry;
        this.cache = cache;
        this.model = model;
        this.kind = kind;
        this.answers = answers;
    }

    static CostMeters saved(MeterRegistry registry, String cache, String model) {
        return new CostMeters(registry, cache, model, "saved", "answers that were served from the cache");
    }

    static CostMeters spent(MeterRegistry registry, String cache, String model) {
        return new CostMeters(registry, cache, model, "spent", "answers that the model gave");
    }

    void add(AnswerCost answer) {
        input().increment(answer.inputTokens());
        output().increment(answer.outputTokens());
        if (answer.isPriced()) {
            cost().increment(answer.nanos() / NANOS);
        }
    }

    private Counter input() {
        Counter counter = input;
        if (counter == null) {
            counter = tokens("input");
            input = counter;
        }
        return counter;
    }

    private Counter output() {
        Counter counter = output;
        if (counter == null) {
            counter = tokens("output");
            output = counter;
        }
        return counter;
    }

    private Counter tokens(String type) {
        return Counter.builder("llm.cache.tokens." + kind)
                .description("Tokens of " + answers)
                .tag("cache", cache)
                .tag("model", model)
                .tag("type", type)
                .register(registry);
    }

    private Counter cost() {
        Counter counter = cost;
        if (counter == null) {
            counter = Counter.builder("llm.cache.cost." + kind)
                    .description("Money for " + answers + ", in the currency of the prices")
                    .tag("cache", cache)
                    .tag("model", model)
                    .register(registry);
            cost = counter;
        }
        return counter;
    }
}
