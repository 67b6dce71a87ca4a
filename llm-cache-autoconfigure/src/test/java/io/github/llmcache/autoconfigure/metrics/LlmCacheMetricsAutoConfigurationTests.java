package io.github.llmcache.autoconfigure.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.PromptCacheEvent;
import io.github.llmcache.metrics.PromptCacheMetrics;
import io.github.llmcache.metrics.RedisMemoryMetrics;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.InMemoryCacheBrowser;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.CacheBrowser;
import io.github.llmcache.tier.ServerMemory;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.cache.autoconfigure.metrics.CacheMetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.CacheManager;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;

class LlmCacheMetricsAutoConfigurationTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(LlmCacheMetricsAutoConfiguration.class));

    private final ApplicationContextRunner withMetrics = runner.withConfiguration(AutoConfigurations.of(
            MetricsAutoConfiguration.class,
            SimpleMetricsExportAutoConfiguration.class,
            CompositeMeterRegistryAutoConfiguration.class));

    @Test
    void calls_are_counted_in_the_registry_of_the_application() {
        withMetrics.run(context -> {
            context.getBean(PromptCacheMetrics.class)
                    .onCall(new PromptCacheEvent("prompt", CacheOutcome.MISS, null, null, "m", null, 1, 1, Double.NaN));

            assertThat(context.getBean(MeterRegistry.class)
                            .get("llm.cache.requests")
                            .counter()
                            .count())
                    .isEqualTo(1);
        });
    }

    @Test
    void the_memory_of_redis_is_bound_to_the_registry_where_the_cache_can_be_browsed() {
        withMetrics
                .withBean(CacheBrowser.class, () -> {
                    InMemoryCacheBrowser browser = new InMemoryCacheBrowser();
                    browser.tellMemory(() -> Optional.of(new ServerMemory(7, 9, null)));
                    return browser;
                })
                .run(context -> assertThat(context.getBean(MeterRegistry.class)
                                .get("llm.cache.redis.memory.used")
                                .gauge()
                                .value())
                        .isEqualTo(7));
    }

    @Test
    void of_several_registries_without_a_first_one_the_global_one_counts() {
        SimpleMeterRegistry global = new SimpleMeterRegistry();
        Metrics.addRegistry(global);
        try {
            runner.withBean("one", MeterRegistry.class, SimpleMeterRegistry::new)
                    .withBean("other", MeterRegistry.class, SimpleMeterRegistry::new)
                    .run(context -> {
                        context.getBean(PromptCacheMetrics.class)
                                .onCall(new PromptCacheEvent(
                                        "several", CacheOutcome.MISS, null, null, "m", null, 1, 1, Double.NaN));

                        assertThat(global.get("llm.cache.requests")
                                        .tag("cache", "several")
                                        .counter()
                                        .count())
                                .isEqualTo(1);
                    });
        } finally {
            Metrics.removeRegistry(global);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @ExtendWith(OutputCaptureExtension.class)
    void boots_own_cache_meters_are_there_once_for_the_caches_in_redis(boolean withOthers, CapturedOutput output) {
        CacheApplication.on(RealRedis.shared())
                .with(runner -> withOthers
                        ? runner.withBean("others", CacheManager.class, () -> new ConcurrentMapCacheManager("plain"))
                        : runner)
                .withConfiguration(AutoConfigurations.of(
                        LlmCacheMetricsAutoConfiguration.class,
                        MetricsAutoConfiguration.class,
                        SimpleMetricsExportAutoConfiguration.class,
                        CompositeMeterRegistryAutoConfiguration.class,
                        CacheMetricsAutoConfiguration.class))
                .withPropertyValues("llm-cache.caches.measured.ttl=1m")
                .withBean(Oracle.class)
                .run(context -> {
                    Oracle oracle = context.getBean(Oracle.class);
                    oracle.ask("question");
                    oracle.ask("question");

                    assertThat(context.getBean(MeterRegistry.class)
                                    .get("cache.gets")
                                    .tags("cache.manager", "llm", "name", "measured", "result", "hit")
                                    .functionCounter()
                                    .count())
                            .isEqualTo(1);
                });
        assertThat(output).doesNotContain("has been already registered");
    }

    @Test
    void calls_of_cached_methods_and_the_memory_of_redis_are_measured() {
        CacheApplication.on(RealRedis.shared())
                .withConfiguration(AutoConfigurations.of(
                        LlmCacheMetricsAutoConfiguration.class,
                        MetricsAutoConfiguration.class,
                        SimpleMetricsExportAutoConfiguration.class,
                        CompositeMeterRegistryAutoConfiguration.class))
                .withBean(Oracle.class)
                .run(context -> {
                    Oracle oracle = context.getBean(Oracle.class);
                    oracle.ask("canary-question");
                    oracle.ask("canary-question");

                    MeterRegistry registry = context.getBean(MeterRegistry.class);
                    assertThat(registry.get("llm.cache.requests")
                                    .tags("cache", "measured", "outcome", "hit", "tier", "redis", "model", "demo")
                                    .counter()
                                    .count())
                            .isEqualTo(1);
                    assertThat(registry.get("llm.cache.load").timer().count()).isEqualTo(1);
                    assertThat(registry.get("llm.cache.redis.memory.used")
                                    .gauge()
                                    .value())
                            .isPositive();
                    assertThat(registry.get("llm.cache.redis.circuit.open")
                                    .gauge()
                                    .value())
                            .isZero();
                    assertThat(registry.getMeters())
                            .allSatisfy(meter ->
                                    assertThat(meter.getId().toString()).doesNotContain("canary"));
                });
    }

    static class Oracle {

        @CachedPrompt(cacheName = "measured", model = "demo")
        public String ask(String question) {
            return "canary-answer to " + question;
        }
    }

    @Test
    void the_memory_is_not_gauged_where_the_cache_can_not_be_browsed() {
        withMetrics.run(context ->
                assertThat(context).hasSingleBean(PromptCacheMetrics.class).doesNotHaveBean(RedisMemoryMetrics.class));
    }

    @Test
    void a_registry_is_enough_without_the_metrics_of_spring_boot() {
        runner.withClassLoader(new FilteredClassLoader("org.springframework.boot.micrometer"))
                .withBean(SimpleMeterRegistry.class)
                .run(context -> assertThat(context).hasSingleBean(PromptCacheMetrics.class));
    }

    @Test
    void nothing_is_wired_without_a_registry() {
        runner.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(PromptCacheMetrics.class));
    }

    @Test
    void nothing_is_wired_without_micrometer() {
        runner.withClassLoader(new FilteredClassLoader("io.micrometer"))
                .withBean(CacheBrowser.class, InMemoryCacheBrowser::new)
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean("promptCacheMetrics")
                        .doesNotHaveBean("llmCacheRedisMemoryMetrics"));
    }

    @Test
    void nothing_is_wired_where_the_cache_is_switched_off() {
        withMetrics
                .withBean(CacheBrowser.class, InMemoryCacheBrowser::new)
                .withPropertyValues("llm-cache.enabled=false")
                .run(context -> assertThat(context)
                        .doesNotHaveBean(PromptCacheMetrics.class)
                        .doesNotHaveBean(RedisMemoryMetrics.class));
    }

    @Test
    void beans_of_the_user_come_first() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        withMetrics
                .withBean("mine", PromptCacheMetrics.class, () -> new PromptCacheMetrics(registry))
                .withBean("mineToo", RedisMemoryMetrics.class, () -> new RedisMemoryMetrics(new InMemoryCacheBrowser()))
                .withBean(CacheBrowser.class, InMemoryCacheBrowser::new)
                .run(context -> {
                    assertThat(context).getBeanNames(PromptCacheMetrics.class).containsExactly("mine");
                    assertThat(context).getBeanNames(RedisMemoryMetrics.class).containsExactly("mineToo");
                });
    }

    @Test
    void making_the_metrics_does_not_make_the_registry() {
        AtomicBoolean made = new AtomicBoolean();
        runner.withBean(
                        MeterRegistry.class,
                        () -> {
                            made.set(true);
                            return new SimpleMeterRegistry();
                        },
                        definition -> definition.setLazyInit(true))
                .run(context -> {
                    assertThat(context).hasSingleBean(PromptCacheMetrics.class);
                    assertThat(made).isFalse();
                });
    }
}
