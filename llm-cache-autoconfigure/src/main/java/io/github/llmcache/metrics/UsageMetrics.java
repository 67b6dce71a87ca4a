package io.github.llmcache.metrics;

import io.github.llmcache.usage.LimitCounts;
import io.github.llmcache.usage.UsageBudgets;
import io.github.llmcache.usage.UsageUnit;
import io.github.llmcache.usage.UsageWarnings;
import io.github.llmcache.usage.UsageWindow;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Counts the calls that budgets refuse and the budgets that are used for the most part, and gauges how much the one is used
 * of which most is; by window and unit, never by user.
 *
 * <p>Thread-safe. Redis is not asked.
 */
public final class UsageMetrics implements MeterBinder {

    private final LimitCounts refusals;
    private final UsageWarnings warnings;
    private final UsageBudgets budgets;

    /**
     * Creates the binder.
     *
     * @param refusals counts
     * @param warnings knows how much is used
     * @param budgets tells of which windows and units there are meters
     */
    public UsageMetrics(LimitCounts refusals, UsageWarnings warnings, UsageBudgets budgets) {
        this.refusals = refusals;
        this.warnings = warnings;
        this.budgets = budgets;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (UsageWindow window : budgets.windows()) {
            for (UsageUnit unit : UsageUnit.values()) {
                Tags tags = Tags.of("window", window.segment(), "unit", TagValues.of(unit));
                FunctionCounter.builder("llm.cache.usage.refused", refusals, counts -> counts.of(window, unit))
                        .description("Calls of models that were refused because a budget was used up")
                        .tags(tags)
                        .register(registry);
                if (budgets.isLimited(window, unit)) {
                    near(registry, window, unit, tags);
                }
            }
        }
    }

    private void near(MeterRegistry registry, UsageWindow window, UsageUnit unit, Tags tags) {
        FunctionCounter.builder("llm.cache.usage.warned", warnings.counts(), counts -> counts.of(window, unit))
                .description("Budgets that came to the share at which it is warned")
                .tags(tags)
                .register(registry);
        Gauge.builder("llm.cache.usage.highest.share", warnings, shares -> shares.highestShare(window, unit))
                .description("How much is used of the budget that is used most, as a share of its limit")
                .tags(tags)
                .register(registry);
    }
}
