package io.github.llmcache.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.testing.RealRedis;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

/** Budgets and usage over HTTP, with a real Redis. */
@ExtendWith(OutputCaptureExtension.class)
class UsageOverHttpTests {

    private static final RealRedis redis = RealRedis.start();
    private static ConfigurableApplicationContext application;

    @BeforeAll
    static void start() {
        application = start("llm-cache.usage.limits.day.calls=500");
    }

    @AfterAll
    static void stop() {
        application.close();
        redis.close();
    }

    @BeforeEach
    void reset() {
        redis.commands().flushall();
        application.getBean(ActuatorApplication.Audited.class).clear();
    }

    static class Oracle {

        @CachedPrompt(usageSubject = "#user")
        public String ask(String question, String user) {
            return "model's answer";
        }
    }

    @Test
    void limits_are_told_to_everybody_and_the_names_of_those_who_have_their_own_are_not() {
        String body = text(
                client().get().uri("/llmcacheusage").exchange().expectStatus().isOk());

        assertThat(body)
                .isEqualTo("{\"zone\":\"Europe/Berlin\",\"limits\":{\"day\":{\"calls\":500},"
                        + "\"month\":{\"tokens\":200000,\"cost\":5.5}},\"withOwnLimits\":1}");
        assertThat(audited()).isEmpty();
    }

    @Test
    void limits_of_single_users_are_told_to_those_who_are_shown_values() {
        get("/llmcacheusage")
                .expectBody()
                .jsonPath("$.subjects['grace@example.org'].day.calls")
                .isEqualTo(5000)
                .jsonPath("$.subjects['grace@example.org'].month.cost")
                .doesNotExist()
                .jsonPath("$.subjects['grace@example.org'].month.tokens")
                .isEqualTo(200000);
        assertThat(audited())
                .extracting(AuditEvent::getPrincipal, AuditEvent::getType, AuditEvent::getData)
                .containsExactly(tuple("ada", "LLM_CACHE_USAGE_READ", Map.of("count", 1)));
    }

    @Test
    void what_somebody_uses_is_told_with_its_limit_and_its_end(CapturedOutput output) {
        Oracle oracle = application.getBean(Oracle.class);
        oracle.ask("one", "canary@example.org");
        oracle.ask("two", "canary@example.org");
        oracle.ask("two", "canary@example.org");

        get("/llmcacheusage?subject=canary@example.org")
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.usage[0].window")
                .isEqualTo("day")
                .jsonPath("$.usage[0].unit")
                .isEqualTo("calls")
                .jsonPath("$.usage[0].used")
                .isEqualTo(2)
                .jsonPath("$.usage[0].limit")
                .isEqualTo(500)
                .jsonPath("$.usage[0].resetsAt")
                .value(String.class, end -> assertThat(Instant.parse(end)).isAfter(Instant.now()))
                .jsonPath("$.usage[?(@.window == 'month' && @.unit == 'cost')].limit")
                .isEqualTo(5.5)
                .jsonPath("$.usage[?(@.window == 'day' && @.unit == 'tokens')].limit")
                .doesNotExist();

        assertThat(audited()).singleElement().satisfies(event -> {
            assertThat(event.getType()).isEqualTo("LLM_CACHE_USAGE_READ");
            assertThat(event.getPrincipal()).isEqualTo("ada");
            assertThat(event.toString()).doesNotContain("canary");
        });
        assertThat(output).doesNotContain("canary");
    }

    @Test
    void what_somebody_uses_is_refused_to_others() {
        String body = text(client().get()
                .uri("/llmcacheusage?subject=canary")
                .exchange()
                .expectStatus()
                .isForbidden());

        assertThat(body).contains("show-values").doesNotContain("canary");
        assertThat(audited()).isEmpty();
    }

    @Test
    void a_blank_subject_is_refused_and_one_that_was_never_seen_has_used_nothing() {
        get("/llmcacheusage?subject= ").expectStatus().isBadRequest();
        get("/llmcacheusage?subject=nobody")
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.usage[0].used")
                .isEqualTo(0);
        assertThat(redis.commands().keys("*usage*")).isEmpty();
    }

    @Test
    void a_server_that_does_not_answer_is_told() throws Exception {
        redis.pause();
        try {
            get("/llmcacheusage?subject=canary").expectStatus().isEqualTo(503);
            get("/llmcacheusage").expectStatus().isOk();
        } finally {
            redis.resume();
        }
        await().untilAsserted(() ->
                get("/llmcacheusage?subject=canary").expectStatus().isOk());
    }

    @Test
    void the_endpoint_is_not_there_where_no_usage_is_counted() {
        try (ConfigurableApplicationContext uncounted = start("llm-cache.usage.enabled=false")) {
            client(uncounted)
                    .get()
                    .uri("/llmcacheusage")
                    .exchange()
                    .expectStatus()
                    .isNotFound();
        }
    }

    private static List<AuditEvent> audited() {
        return application.getBean(ActuatorApplication.Audited.class).events();
    }

    private static String text(ResponseSpec response) {
        return new String(
                Objects.requireNonNull(response.expectBody().returnResult().getResponseBody()), StandardCharsets.UTF_8);
    }

    private static ResponseSpec get(String uri) {
        return client().mutate()
                .defaultHeaders(headers -> headers.setBasicAuth("ada", "secret"))
                .build()
                .get()
                .uri(uri)
                .exchange();
    }

    private static RestTestClient client() {
        return client(application);
    }

    private static RestTestClient client(ConfigurableApplicationContext context) {
        return RestTestClient.bindToServer()
                .baseUrl("http://localhost:" + context.getEnvironment().getRequiredProperty("local.server.port")
                        + "/actuator")
                .build();
    }

    private static ConfigurableApplicationContext start(String... properties) {
        return new SpringApplicationBuilder(Configuration.class)
                .properties("server.port=0", "spring.main.banner-mode=off")
                .properties(redis.properties())
                .properties(
                        "management.endpoints.web.exposure.include=llmcacheusage",
                        "management.endpoint.llmcache.show-values=when-authorized",
                        "llm-cache.usage.zone=Europe/Berlin",
                        "llm-cache.usage.limits.month.tokens=200000",
                        "llm-cache.usage.limits.month.cost=5.50",
                        "llm-cache.usage.subjects.[grace@example.org].limits.day.calls=5000",
                        "llm-cache.usage.subjects.[grace@example.org].limits.month.cost=-1",
                        "llm-cache.stats.enabled=false",
                        "llm-cache.redis.timeout=1s")
                .properties(properties)
                .run();
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Configuration {

        @Bean
        Oracle oracle() {
            return new Oracle();
        }

        @Bean
        ActuatorApplication.Audited audited() {
            return new ActuatorApplication.Audited();
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
            return new InMemoryUserDetailsManager(User.withUsername("ada")
                    .password("{noop}secret")
                    .roles("OPS")
                    .build());
        }
    }
}
