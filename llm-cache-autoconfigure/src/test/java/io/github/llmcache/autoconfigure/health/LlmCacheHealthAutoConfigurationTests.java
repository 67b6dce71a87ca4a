package io.github.llmcache.autoconfigure.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.actuate.LlmCacheHealthIndicator;
import io.github.llmcache.engine.CacheMode;
import io.github.llmcache.engine.CacheModeSwitch;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.Circuit;
import io.github.llmcache.tier.CircuitState;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportSelector;
import org.springframework.core.type.AnnotationMetadata;

class LlmCacheHealthAutoConfigurationTests {

    private final ApplicationContextRunner runner = CacheApplication.on(RealRedis.shared())
            .withConfiguration(AutoConfigurations.of(LlmCacheHealthAutoConfiguration.class));

    @Test
    void a_cache_that_works_is_up_and_names_its_tiers() {
        runner.run(context -> {
            Health health = health(context);
            assertThat(health.getStatus()).isEqualTo(Status.UP);
            assertThat(health.getDetails())
                    .containsEntry("circuit", "closed")
                    .doesNotContainKey("modes")
                    .extractingByKey("tiers")
                    .asInstanceOf(InstanceOfAssertFactories.LIST)
                    .contains("redis");
        });
    }

    @Test
    void caches_that_are_not_on_are_named() {
        runner.withPropertyValues("llm-cache.caches.faq.mode=read-only").run(context -> {
            context.getBean(CacheModeSwitch.class).switchTo("prompt", CacheMode.OFF);
            assertThat(health(context).getDetails())
                    .containsEntry("modes", Map.of("faq", "read-only", "prompt", "off"));
        });
    }

    @Test
    void a_redis_that_is_gone_is_told_and_makes_nobody_unhealthy() {
        RealRedis gone = RealRedis.notStarted();
        CacheApplication.on(gone)
                .withConfiguration(AutoConfigurations.of(LlmCacheHealthAutoConfiguration.class))
                .withBean("other", Circuit.class, () -> () -> CircuitState.OPEN)
                .withPropertyValues("llm-cache.redis.circuit-breaker.enabled=false")
                .run(context -> {
                    Health health = health(context);
                    assertThat(health.getStatus()).isEqualTo(Status.UP);
                    assertThat(health.getDetails()).containsEntry("circuit", "open");
                });
    }

    @Test
    void it_can_be_switched_off() {
        for (String property : List.of("management.health.llmcache.enabled=false", "llm-cache.enabled=false")) {
            runner.withPropertyValues(property)
                    .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(LlmCacheHealthIndicator.class));
        }
    }

    @Test
    void nothing_is_wired_without_the_health_of_spring_boot() {
        CacheApplication.on(RealRedis.shared())
                .withUserConfiguration(ImportedByName.class)
                .withClassLoader(new FilteredClassLoader("org.springframework.boot.health"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("llmCacheHealthIndicator"));
    }

    private static Health health(ApplicationContext context) {
        return context.getBean(LlmCacheHealthIndicator.class).health();
    }

    /** Has the wiring read from its file, as in an application, so that its annotations need not be there. */
    @Configuration(proxyBeanMethods = false)
    @Import(ByName.class)
    static class ImportedByName {}

    static final class ByName implements ImportSelector {

        @Override
        public String[] selectImports(AnnotationMetadata importing) {
            return new String[] {"io.github.llmcache.autoconfigure.health.LlmCacheHealthAutoConfiguration"};
        }
    }
}
