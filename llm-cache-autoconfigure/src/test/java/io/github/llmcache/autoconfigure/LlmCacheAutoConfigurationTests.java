package io.github.llmcache.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.autoconfigure.redis.LlmCacheRedisAutoConfiguration;
import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CacheLayout;
import io.github.llmcache.engine.CacheSettings;
import io.github.llmcache.engine.PromptCache;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.interceptor.CachedPromptAdvisor;
import io.github.llmcache.key.CanonicalKeyGenerator;
import io.github.llmcache.key.KeyStyle;
import io.github.llmcache.key.NormalizationSteps;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.key.PromptKeyGenerator;
import io.github.llmcache.key.PromptNormalizer;
import io.github.llmcache.key.UnicodePromptNormalizer;
import io.github.llmcache.model.ModelConfigRegistry;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.CacheTier;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

@ExtendWith(OutputCaptureExtension.class)
class LlmCacheAutoConfigurationTests {

    private final ApplicationContextRunner application = CacheApplication.on(RealRedis.shared());

    @Test
    void every_auto_configuration_is_in_the_file_that_boot_reads() throws ClassNotFoundException {
        List<String> ours =
                ImportCandidates.load(AutoConfiguration.class, getClass().getClassLoader()).getCandidates().stream()
                        .filter(name -> name.startsWith("io.github.llmcache."))
                        .toList();

        assertThat(ours)
                .contains(
                        LlmCacheAutoConfiguration.class.getName(),
                        LlmCacheRedisAutoConfiguration.class.getName(),
                        "io.github.llmcache.autoconfigure.metrics.LlmCacheMetricsAutoConfiguration",
                        "io.github.llmcache.autoconfigure.actuate.LlmCacheEndpointAutoConfiguration",
                        "io.github.llmcache.autoconfigure.langchain4j.LlmCacheLangChain4jAutoConfiguration");
        for (String name : ours) {
            assertThat(Class.forName(name).isAnnotationPresent(AutoConfiguration.class))
                    .isTrue();
        }
    }

    @Test
    void by_default_everything_is_there() {
        application.run(context -> {
            assertThat(context)
                    .hasSingleBean(PromptCache.class)
                    .hasSingleBean(CacheTier.class)
                    .hasSingleBean(CachedPromptAdvisor.class);
            assertThat(context.getBean(PromptNormalizer.class)).isInstanceOf(UnicodePromptNormalizer.class);
            assertThat(context.getBean(PromptKeyGenerator.class)).isInstanceOf(CanonicalKeyGenerator.class);
            assertThat(context.getBean(CacheCatalog.class).settingsOf("prompt")).isEqualTo(CacheSettings.DEFAULTS);
        });
    }

    @Test
    void disabled_nothing_is_there_but_the_observer_that_applications_inject() {
        application.withPropertyValues("llm-cache.enabled=false").run(context -> assertThat(context)
                .hasSingleBean(PromptCallObserver.class)
                .doesNotHaveBean(PromptCache.class)
                .doesNotHaveBean(CacheTier.class)
                .doesNotHaveBean(CachedPromptAdvisor.class)
                .doesNotHaveBean("llmCacheManager"));
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnStrategies {

        @Bean
        PromptNormalizer normalizer() {
            return (prompt, steps) -> prompt;
        }

        @Bean
        PromptKeyGenerator keys() {
            return request -> new PromptKey(request.cache(), "digest", null);
        }

        @Bean
        ModelConfigRegistry models() {
            return name -> Optional.empty();
        }
    }

    @Test
    void strategies_of_the_applications_own_replace_the_default_ones() {
        application.withUserConfiguration(OwnStrategies.class).run(context -> {
            assertThat(context).hasSingleBean(PromptNormalizer.class).hasBean("normalizer");
            assertThat(context).hasSingleBean(PromptKeyGenerator.class).hasBean("keys");
            assertThat(context).hasSingleBean(ModelConfigRegistry.class).hasBean("models");
        });
    }

    @Test
    void without_redis_it_starts_and_says_that_nothing_is_kept(CapturedOutput output) {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        PromptCallObserverAutoConfiguration.class,
                        LlmCacheAutoConfiguration.class,
                        LlmCacheRedisAutoConfiguration.class))
                .run(context -> {
                    assertThat(context).hasNotFailed().doesNotHaveBean(CacheTier.class);
                    assertThat(output.getOut()).contains("There is no RedisConnectionFactory bean");
                });
    }

    @Test
    void environment_variables_that_look_like_settings_but_are_none_are_named(CapturedOutput output) {
        application
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .replace(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                new SystemEnvironmentPropertySource(
                                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                        Map.of("LLM_CACHE_CACHES_FAQ_TTL", "7d", "LLM_CACHE_TTL", "2h"))))
                .run(context -> {
                    assertThat(context.getBean(CacheCatalog.class)
                                    .settingsOf("other")
                                    .ttl())
                            .isEqualTo(Duration.ofHours(2));
                    assertThat(output.getOut())
                            .contains("LLM_CACHE_CACHES_FAQ_TTL. Write LLMCACHE_CACHES_")
                            .doesNotContain("LLM_CACHE_TTL");
                });
    }

    @Test
    void settings_of_one_cache_stand_over_those_of_all() {
        application
                .withPropertyValues(
                        "llm-cache.ttl=2h",
                        "llm-cache.normalization.lower-case=false",
                        "llm-cache.caches.faq.ttl=7d",
                        "llm-cache.caches.faq.ttl-jitter=0.1",
                        "llm-cache.key-style=readable",
                        "llm-cache.caches.faq.key-style=digest",
                        "llm-cache.caches.faq.store-prompt=false",
                        "llm-cache.caches.faq.max-entry-size=1MB",
                        "llm-cache.caches.faq.require-scope=true",
                        "llm-cache.caches.faq.scope='all'",
                        "llm-cache.caches.faq.normalization.strip=false",
                        "llm-cache.caches.faq.version=3",
                        "llm-cache.caches.faq.default-model=gpt")
                .run(context -> {
                    CacheCatalog catalog = context.getBean(CacheCatalog.class);
                    assertThat(catalog.settingsOf("other").ttl()).isEqualTo(Duration.ofHours(2));
                    assertThat(catalog.settingsOf("faq"))
                            .isEqualTo(new CacheSettings(
                                    Duration.ofDays(7),
                                    0.1,
                                    KeyStyle.DIGEST,
                                    false,
                                    1024 * 1024,
                                    true,
                                    "'all'",
                                    new NormalizationSteps(true, false, true, false),
                                    "3",
                                    "gpt"));
                });
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    @Test
    void readable_keys_are_refused_where_prompts_are_to_be_kept_out_of_redis() {
        application
                .withPropertyValues("llm-cache.store-prompt=false", "llm-cache.caches.faq.key-style=readable")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("llm-cache.caches.faq.key-style")
                        .hasMessageContaining("store-prompt=false"));
    }

    @Test
    void readable_keys_are_refused_where_answers_have_no_keys() {
        application
                .withPropertyValues("llm-cache.layout=hash", "llm-cache.key-style=readable")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("llm-cache.layout")
                        .hasMessageContaining("llm-cache.key-style=readable"));
        application
                .withPropertyValues("llm-cache.caches.faq.layout=hash", "llm-cache.key-style=readable")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("llm-cache.caches.faq.layout"));
        application
                .withPropertyValues(
                        "llm-cache.layout=hash",
                        "llm-cache.caches.faq.layout=string",
                        "llm-cache.caches.faq.key-style=readable")
                .run(context -> {
                    CacheCatalog catalog = context.getBean(CacheCatalog.class);
                    assertThat(catalog.settingsOf("faq").layout()).isEqualTo(CacheLayout.STRING);
                    assertThat(catalog.settingsOf("prompt").layout()).isEqualTo(CacheLayout.HASH);
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "llm-cache.ttl=0s                     | llm-cache.ttl",
                "llm-cache.ttl=-1h                    | llm-cache.ttl",
                "llm-cache.ttl=soon                   | llm-cache.ttl",
                "llm-cache.caches.faq.ttl=0s          | llm-cache.caches.faq.ttl",
                "llm-cache.ttl-jitter=2               | llm-cache.ttl-jitter",
                "llm-cache.key-style=pretty           | llm-cache.key-style",
                "llm-cache.layout=list                | llm-cache.layout",
                "llm-cache.caches.faq.layout=list     | llm-cache.caches.faq.layout",
                "llm-cache.max-entry-size=0           | llm-cache.max-entry-size",
                "llm-cache.redis.timeout=0s           | llm-cache.redis.timeout",
                "llm-cache.redis.circuit-breaker.failure-rate-threshold=0     | circuit-breaker.failure-rate-threshold",
                "llm-cache.redis.circuit-breaker.failure-rate-threshold=101   | circuit-breaker.failure-rate-threshold",
                "llm-cache.redis.circuit-breaker.sliding-window-size=0        | circuit-breaker.sliding-window-size",
                "llm-cache.redis.circuit-breaker.minimum-number-of-calls=21   | circuit-breaker.minimum-number-of-calls",
                "llm-cache.redis.circuit-breaker.wait-duration=0s             | circuit-breaker.wait-duration",
                "llm-cache.redis.circuit-breaker.permitted-probes=0           | circuit-breaker.permitted-probes",
                "llm-cache.single-flight.lease=99ms   | llm-cache.single-flight.lease",
                "llm-cache.key-prefix=a{b:            | llm-cache.key-prefix",
                "llm-cache.redis.connection-factory=x | llm-cache.redis.connection-factory",
                "llm-cache.caches.chat.ttl=1h         | llm-cache.caches.chat",
                "llm-cache.requirescop=true           | llm-cache.requirescop",
            })
    void a_property_that_cannot_work_fails_the_start_and_is_named(
            String argument, String property, CapturedOutput output) {
        SpringApplication application = new SpringApplication(Application.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        @Nullable Throwable thrown = null;
        try {
            application.run(
                    "--" + argument.trim(),
                    "--spring.data.redis.port=" + RealRedis.shared().port());
        } catch (Throwable ex) {
            thrown = ex;
        }
        assertThat(thrown).isNotNull();
        assertThat(output.getAll()).contains("APPLICATION FAILED TO START", property.trim(), "Action:");
    }
}
