package io.github.llmcache.autoconfigure.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.actuate.CacheControls;
import io.github.llmcache.actuate.CacheDescriptor;
import io.github.llmcache.actuate.LlmCacheEndpoint;
import io.github.llmcache.actuate.LlmCacheEndpointWebExtension;
import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CacheSettings;
import io.github.llmcache.event.CacheStatistics;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.InMemoryCacheBrowser;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.CacheBrowser;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportSelector;
import org.springframework.core.type.AnnotationMetadata;

class LlmCacheEndpointAutoConfigurationTests {

    private static final String EXPOSED = "management.endpoints.web.exposure.include=llmcache";

    private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(LlmCacheEndpointAutoConfiguration.class))
            .withBean(CacheCatalog.class, CacheSettings.DEFAULTS, Map.of())
            .withBean(CacheStatistics.class)
            .withBean(InMemoryCacheBrowser.class);

    @Test
    void the_endpoint_is_wired_where_it_is_exposed() {
        runner.withPropertyValues(EXPOSED).run(context -> assertThat(context)
                .hasSingleBean(LlmCacheEndpoint.class)
                .hasSingleBean(LlmCacheEndpointWebExtension.class));
    }

    @Test
    void the_endpoint_is_wired_after_the_cache_itself() {
        CacheApplication.on(RealRedis.shared())
                .withConfiguration(AutoConfigurations.of(LlmCacheEndpointAutoConfiguration.class))
                .withPropertyValues(EXPOSED, "llm-cache.caches.faq.ttl=5m")
                .run(context -> {
                    CacheDescriptor faq = context.getBean(LlmCacheEndpoint.class)
                            .caches(null)
                            .caches()
                            .get("faq");
                    assertThat(faq).isNotNull();
                    assertThat(faq.settings().ttl()).isEqualTo("PT5M");
                    assertThat(faq.entriesComplete()).isTrue();
                });
    }

    @Test
    void the_endpoint_is_not_wired_where_it_is_not_exposed() {
        runner.run(context -> assertThat(context)
                .doesNotHaveBean(LlmCacheEndpoint.class)
                .doesNotHaveBean(LlmCacheEndpointWebExtension.class));
    }

    @Test
    void exposure_over_jmx_alone_needs_no_web_extension() {
        runner.withPropertyValues("spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=llmcache")
                .run(context -> assertThat(context)
                        .hasSingleBean(LlmCacheEndpoint.class)
                        .doesNotHaveBean(LlmCacheEndpointWebExtension.class));
    }

    @Test
    void nothing_is_wired_where_the_cache_is_switched_off() {
        runner.withPropertyValues(EXPOSED, "llm-cache.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(LlmCacheEndpoint.class));
    }

    @Test
    void nothing_is_wired_where_the_cache_can_not_be_browsed() {
        new WebApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(LlmCacheEndpointAutoConfiguration.class))
                .withBean(CacheCatalog.class, CacheSettings.DEFAULTS, Map.of())
                .withBean(CacheStatistics.class)
                .withPropertyValues(EXPOSED)
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(LlmCacheEndpoint.class)
                        .doesNotHaveBean(LlmCacheEndpointWebExtension.class));
    }

    @Test
    void nothing_is_wired_without_actuator() {
        new ApplicationContextRunner()
                .withUserConfiguration(ImportedByName.class)
                .withBean(CacheCatalog.class, CacheSettings.DEFAULTS, Map.of())
                .withBean(CacheStatistics.class)
                .withBean(CacheBrowser.class, InMemoryCacheBrowser::new)
                .withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
                .withPropertyValues(EXPOSED)
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean("llmCacheEndpoint")
                        .doesNotHaveBean("llmCacheEndpointWebExtension"));
    }

    @Test
    void beans_of_the_user_come_first() {
        LlmCacheEndpoint mine = new LlmCacheEndpoint(
                new CacheCatalog(CacheSettings.DEFAULTS, Map.of()),
                new CacheStatistics(),
                new CacheControls(new InMemoryCacheBrowser()),
                event -> {},
                InstantSource.system(),
                Show.NEVER);
        LlmCacheEndpointWebExtension mineToo = new LlmCacheEndpointWebExtension(mine, Show.NEVER, Set.of());
        runner.withPropertyValues(EXPOSED)
                .withBean("mine", LlmCacheEndpoint.class, () -> mine)
                .withBean("mineToo", LlmCacheEndpointWebExtension.class, () -> mineToo)
                .run(context -> {
                    assertThat(context).getBean(LlmCacheEndpoint.class).isSameAs(mine);
                    assertThat(context)
                            .getBean(LlmCacheEndpointWebExtension.class)
                            .isSameAs(mineToo);
                });
    }

    @Test
    void values_are_hidden_unless_the_settings_say_otherwise() {
        runner.withPropertyValues(EXPOSED).run(context -> {
            LlmCacheEndpointProperties properties = context.getBean(LlmCacheEndpointProperties.class);
            assertThat(properties.getShowValues()).isEqualTo(Show.NEVER);
            assertThat(properties.getRoles()).isEmpty();
        });
        runner.withPropertyValues(
                        EXPOSED,
                        "management.endpoint.llmcache.show-values=when-authorized",
                        "management.endpoint.llmcache.roles=OPS,ADMIN")
                .run(context -> {
                    LlmCacheEndpointProperties properties = context.getBean(LlmCacheEndpointProperties.class);
                    assertThat(properties.getShowValues()).isEqualTo(Show.WHEN_AUTHORIZED);
                    assertThat(properties.getRoles()).containsExactlyInAnyOrder("OPS", "ADMIN");
                });
    }

    /** Has the wiring read from its file, as in an application, so that its annotations need not be there. */
    @Configuration(proxyBeanMethods = false)
    @Import(ByName.class)
    static class ImportedByName {}

    static final class ByName implements ImportSelector {

        @Override
        public String[] selectImports(AnnotationMetadata importing) {
            return new String[] {"io.github.llmcache.autoconfigure.actuate.LlmCacheEndpointAutoConfiguration"};
        }
    }
}
