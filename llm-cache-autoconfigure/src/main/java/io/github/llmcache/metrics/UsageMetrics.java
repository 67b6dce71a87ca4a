package io.github.llmcache.metrics;

import io.github.llmcache.usage.UsageRefusals;
import io.github.llmcache.usage.UsageUnit;
import io.github.llmcache.usage.UsageWindow;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;
import java.util.Set;

/** Counts the calls that budgets refuse, by window and unit; never by user. */
public final class UsageMetrics implements MeterBinder {

    private final UsageRefusals refusals;
    private final Set<UsageWindow> windows;

    /**
     * Creates the binder.
     *
     * @param refusals counts
     * @param windows the windows that there are counters of
     */
    public UsageMetrics(UsageRefusals refusals, Set<UsageWindow> windows) {
        this.refusals = refusals;
        this.windows = Set.copyOf(windows);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (UsageWindow window : windows) {
            for (UsageUnit unit : UsageUnit.values()) {
                FunctionCounter.builder("llm.cache.usage.refused", refusals, counts -> counts.of(window, unit))
                        .description("Calls of models that were refused because a budget was used up")
                        .tag("window", window.segment())
                        .tag("unit", unit.name().toLowerCase(Locale.ROOT))
                        .register(registry);
            }
        }
    }
}
