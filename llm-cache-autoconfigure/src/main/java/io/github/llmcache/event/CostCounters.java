package io.github.llmcache.event;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Adds up what answers cost. Thread-safe. */
final class CostCounters {

    /** A million: no answer costs more, whatever its model says, and so no sum overflows. */
    private static final long MOST_NANOS = 1_000_000_000_000_000L;

    private static final long MOST_TOKENS = 1_000_000_000_000L;

    private final LongAdder inputTokens = new LongAdder();
    private final LongAdder outputTokens = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final LongAdder withoutTokens = new LongAdder();
    private final LongAdder withoutPrice = new LongAdder();

    void add(@Nullable AnswerCost cost) {
        if (cost == null) {
            withoutTokens.increment();
            return;
        }
        inputTokens.add(Math.min(cost.inputTokens(), MOST_TOKENS));
        outputTokens.add(Math.min(cost.outputTokens(), MOST_TOKENS));
        if (cost.isPriced()) {
            nanos.add(Math.min(cost.nanos(), MOST_NANOS));
        } else {
            withoutPrice.increment();
        }
    }

    CostTotals totals() {
        return CostTotals.of(
                inputTokens.sum(), outputTokens.sum(), nanos.sum(), withoutTokens.sum(), withoutPrice.sum());
    }
}
