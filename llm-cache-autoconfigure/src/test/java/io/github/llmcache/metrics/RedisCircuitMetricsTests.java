package io.github.llmcache.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.tier.CircuitState;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisCircuitMetricsTests {

    @ParameterizedTest
    @CsvSource({"CLOSED, 0", "HALF_OPEN, 0.5", "OPEN, 1"})
    void the_gauge_tells_how_open_the_circuit_is(CircuitState state, double expected) {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new RedisCircuitMetrics(() -> state).bindTo(registry);

        assertThat(registry.get("llm.cache.redis.circuit.open").gauge().value()).isEqualTo(expected);
    }
}
