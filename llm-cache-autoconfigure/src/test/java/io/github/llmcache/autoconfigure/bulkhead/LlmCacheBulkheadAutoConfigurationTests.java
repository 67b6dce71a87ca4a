package io.github.llmcache.autoconfigure.bulkhead;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.autoconfigure.InvalidLlmCachePropertyException;
import io.github.llmcache.autoconfigure.metrics.LlmCacheMetricsAutoConfiguration;
import io.github.llmcache.bulkhead.BulkheadGuard;
import io.github.llmcache.metrics.BulkheadMetrics;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class LlmCacheBulkheadAutoConfigurationTests {

    private static final String LIMIT = "llm-cache.bulkhead.max-concurrent-calls";

    private final ApplicationContextRunner runner = CacheApplication.on(RealRedis.shared())
            .withConfiguration(AutoConfigurations.of(
                    LlmCacheBulkheadAutoConfiguration.class, LlmCacheMetricsAutoConfiguration.class))
            .withBean(SimpleMeterRegistry.class)
            .withBean(Oracle.class);

    @Test
    void there_is_no_limit_unless_one_is_set() {
        runner.run(context -> assertThat(context)
                .hasNotFailed()
                .doesNotHaveBean(BulkheadGuard.class)
                .doesNotHaveBean(BulkheadMetrics.class));
    }

    @Test
    void a_limit_holds_while_the_model_answers_and_not_for_hits() {
        runner.withPropertyValues(LIMIT + "=2", "llm-cache.bulkhead.max-wait=0s")
                .run(context -> {
                    BulkheadGuard guard = context.getBean(BulkheadGuard.class);
                    Oracle oracle = context.getBean(Oracle.class);
                    oracle.use(guard);

                    assertThat(oracle.ask("why")).isEqualTo(1);
                    assertThat(guard.available()).isEqualTo(2);
                    assertThat(oracle.ask("why")).isEqualTo(1);
                    assertThat(context).hasSingleBean(BulkheadMetrics.class);
                });
    }

    @ParameterizedTest
    @CsvSource({LIMIT + ",0", LIMIT + ",-1", "llm-cache.bulkhead.max-wait,-1s"})
    void a_value_that_can_not_work_fails_the_start_and_is_named(String property, String value) {
        runner.withPropertyValues(LIMIT + "=2", property + "=" + value)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .isInstanceOf(InvalidLlmCachePropertyException.class)
                        .hasMessageContaining(property));
    }

    @Test
    void nothing_is_wired_where_the_cache_is_switched_off() {
        runner.withPropertyValues(LIMIT + "=2", "llm-cache.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(BulkheadGuard.class));
    }

    @Test
    void a_bean_of_the_user_comes_first() {
        BulkheadGuard mine = new BulkheadGuard(7, Duration.ZERO);
        runner.withPropertyValues(LIMIT + "=2")
                .withBean("mine", BulkheadGuard.class, () -> mine)
                .run(context -> assertThat(context).getBean(BulkheadGuard.class).isSameAs(mine));
    }

    static class Oracle {

        private BulkheadGuard guard = new BulkheadGuard(1, Duration.ZERO);

        public void use(BulkheadGuard used) {
            this.guard = used;
        }

        /** How many more calls there may be while the model answers. */
        @CachedPrompt(model = "demo")
        public int ask(String question) {
            return guard.available();
        }
    }
}
