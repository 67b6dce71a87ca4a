package io.github.llmcache.actuate;

import io.github.llmcache.autoconfigure.actuate.LlmCacheEndpointAutoConfiguration;
import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CacheSettings;
import io.github.llmcache.event.CacheStatistics;
import io.github.llmcache.testing.InMemoryCacheBrowser;
import io.github.llmcache.testing.InMemoryCacheEvictor;
import io.github.llmcache.testing.InMemoryCacheModes;
import io.github.llmcache.tier.Circuit;
import io.github.llmcache.tier.CircuitState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.test.web.servlet.client.RestTestClient;

/** An application with the endpoint on a real web server, and with entries in memory. */
final class ActuatorApplication implements AutoCloseable {

    private final ConfigurableApplicationContext context;

    private ActuatorApplication(ConfigurableApplicationContext context) {
        this.context = context;
    }

    static ActuatorApplication exposed(String... properties) {
        List<String> all = new ArrayList<>(List.of(properties));
        all.add("management.endpoints.web.exposure.include=llmcache");
        return start(all.toArray(String[]::new));
    }

    static ActuatorApplication start(String... properties) {
        return new ActuatorApplication(new SpringApplicationBuilder(Configuration.class)
                .properties("server.port=0", "spring.main.banner-mode=off")
                .properties(properties)
                .run());
    }

    RestTestClient client() {
        return RestTestClient.bindToServer()
                .baseUrl("http://localhost:" + context.getEnvironment().getRequiredProperty("local.server.port")
                        + "/actuator")
                .build();
    }

    RestTestClient clientOf(String user) {
        return client().mutate()
                .defaultHeaders(headers -> headers.setBasicAuth(user, "secret"))
                .build();
    }

    InMemoryCacheBrowser browser() {
        return context.getBean(InMemoryCacheBrowser.class);
    }

    InMemoryCacheEvictor evictor() {
        return context.getBean(InMemoryCacheEvictor.class);
    }

    InMemoryCacheModes modes() {
        return context.getBean(InMemoryCacheModes.class);
    }

    KnownFleet fleet() {
        return context.getBean(KnownFleet.class);
    }

    CacheStatistics statistics() {
        return context.getBean(CacheStatistics.class);
    }

    List<AuditEvent> audited() {
        return context.getBean(Audited.class).events;
    }

    ConfigurableApplicationContext context() {
        return context;
    }

    /** Forgets entries and audit events, so that tests can share the application. */
    void reset() {
        browser().reset();
        evictor().reset();
        modes().reset();
        fleet().reset();
        audited().clear();
    }

    @Override
    public void close() {
        context.close();
    }

    static final class Audited {

        private final List<AuditEvent> events = new CopyOnWriteArrayList<>();

        List<AuditEvent> events() {
            return List.copyOf(events);
        }

        void clear() {
            events.clear();
        }

        @EventListener
        void on(AuditApplicationEvent event) {
            if (event.getAuditEvent().getType().startsWith("LLM_CACHE_")) {
                events.add(event.getAuditEvent());
            }
        }
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = DataRedisAutoConfiguration.class)
    @ImportAutoConfiguration(LlmCacheEndpointAutoConfiguration.class)
    static class Configuration {

        @Bean
        CacheCatalog catalog() {
            CacheCatalog catalog = new CacheCatalog(CacheSettings.DEFAULTS, Map.of("faq", CacheSettings.DEFAULTS));
            catalog.add("prompt");
            return catalog;
        }

        @Bean
        CacheStatistics statistics() {
            return new CacheStatistics();
        }

        @Bean
        KnownFleet fleet() {
            return new KnownFleet();
        }

        @Bean
        InMemoryCacheBrowser browser() {
            return new InMemoryCacheBrowser();
        }

        @Bean
        InMemoryCacheEvictor evictor(InMemoryCacheBrowser browser) {
            return new InMemoryCacheEvictor(browser);
        }

        @Bean
        InMemoryCacheModes modes(CacheCatalog catalog) {
            return new InMemoryCacheModes(catalog);
        }

        @Bean
        Circuit circuit() {
            return () -> CircuitState.HALF_OPEN;
        }

        @Bean
        Audited audited() {
            return new Audited();
        }

        @Bean
        SecurityFilterChain security(HttpSecurity http) {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .httpBasic(Customizer.withDefaults())
                    .csrf(AbstractHttpConfigurer::disable)
                    .build();
        }

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(
                    User.withUsername("ada")
                            .password("{noop}secret")
                            .roles("OPS")
                            .build(),
                    User.withUsername("bob")
                            .password("{noop}secret")
                            .roles("USER")
                            .build());
        }
    }
}
