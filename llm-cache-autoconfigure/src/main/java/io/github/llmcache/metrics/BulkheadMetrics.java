package io.github.llmcache.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.IntSupplier;

/**
 * Gauges how many more calls of the model the limit on concurrent ones allows at the moment.
 *
 * <p>Thread-safe.
 */
public final class BulkheadMetrics implements MeterBinder {

    private final IntSupplier available;

    /**
     * Creates the gauge.
     *
     * @param available tells how many more calls there may be
     */
    public BulkheadMetrics(IntSupplier available) {
        this.available = available;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("llm.cache.bulkhead.available", available, IntSupplier::getAsInt)
                .description("How many more calls of models there may be at the moment")
                // Whoever binds this need not keep it.
                .strongReference(true)
                .register(registry);
    }
}
