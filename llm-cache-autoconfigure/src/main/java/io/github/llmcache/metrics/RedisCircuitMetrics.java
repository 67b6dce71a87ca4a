package io.github.llmcache.metrics;

import io.github.llmcache.tier.Circuit;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Gauges whether Redis is left alone because it failed: 0 where it is asked, 1 where it is left alone, 0.5 while a few
 * look-ups try it.
 *
 * <p>Thread-safe. Redis itself is not asked.
 */
public final class RedisCircuitMetrics implements MeterBinder {

    private final Circuit circuit;

    /**
     * Creates the gauge.
     *
     * @param circuit asked for its state
     */
    public RedisCircuitMetrics(Circuit circuit) {
        this.circuit = circuit;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("llm.cache.redis.circuit.open", circuit, RedisCircuitMetrics::openness)
                .description("Whether Redis is left alone because it failed: 0 no, 1 yes, 0.5 while it is tried again")
                // Whoever binds this need not keep it.
                .strongReference(true)
                .register(registry);
    }

    private static double openness(Circuit circuit) {
        return switch (circuit.state()) {
            case CLOSED -> 0;
            case HALF_OPEN -> 0.5;
            case OPEN -> 1;
        };
    }
}
