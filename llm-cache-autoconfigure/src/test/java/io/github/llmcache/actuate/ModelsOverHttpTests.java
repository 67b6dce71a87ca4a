package io.github.llmcache.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.model.ModelConfig;
import io.github.llmcache.model.ModelConfigRegistry;
import io.github.llmcache.testing.RealRedis;
import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.http.MediaType;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

/** The endpoint of models, with a real Redis. */
class ModelsOverHttpTests {

    private static final String NAME = "meta/llama";
    private static final String KEY = "model:meta/llama:config";

    private static final RealRedis redis = RealRedis.start();
    private static ConfigurableApplicationContext application;

    @BeforeAll
    static void start() {
        application = start("management.endpoint.llmcache.show-values=when-authorized");
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

    @Test
    void a_model_is_registered_changed_shown_and_forgotten() {
        post(client(), """
                {"model": "meta/llama", "version": "1", "inputPrice": "0.15", "outputPrice": "0.6",
                 "parameters": "{\\"temperature\\": 0.2}"}""").expectStatus().isOk();
        assertThat(redis.commands().get(KEY))
                .isEqualTo("{\"v\":1,\"version\":\"1\",\"inputPrice\":0.15,\"outputPrice\":0.6,"
                        + "\"parameters\":{\"temperature\":\"0.2\"}}");

        post(client(), "{\"model\": \"meta/llama\", \"version\": \"2\", \"outputPrice\": \"\"}")
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.version")
                .isEqualTo("2")
                .jsonPath("$.inputPrice")
                .isEqualTo(0.15)
                .jsonPath("$.outputPrice")
                .isEqualTo(0);
        assertThat(application
                        .getBean(ModelConfigRegistry.class)
                        .find(NAME)
                        .orElseThrow()
                        .version())
                .isEqualTo("2");

        client().get()
                .uri("/llmcachemodels")
                .exchange()
                .expectBody()
                .jsonPath("$.models[0].model")
                .isEqualTo(NAME)
                .jsonPath("$.models[0].readable")
                .isEqualTo(true)
                .jsonPath("$.models[0].parameters")
                .isEqualTo(Map.of("temperature", "******"));
        authorized()
                .get()
                .uri("/llmcachemodels?model=meta/llama")
                .exchange()
                .expectBody()
                .jsonPath("$.parameters")
                .isEqualTo(Map.of("temperature", "0.2"));

        delete("?model=meta/llama").expectStatus().isNoContent();
        assertThat(redis.commands().exists(KEY)).isZero();
        delete("?model=meta/llama").expectStatus().isNotFound();
        client().get()
                .uri("/llmcachemodels?model=meta/llama")
                .exchange()
                .expectStatus()
                .isNotFound();
    }

    @Test
    void a_ttl_is_set_shown_kept_by_other_changes_and_taken_away() {
        post(client(), "{\"model\": \"meta/llama\", \"version\": \"1\", \"ttl\": \"30m\"}")
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.ttl")
                .isEqualTo("PT30M");
        assertThat(redis.commands().get(KEY)).isEqualTo("{\"v\":2,\"version\":\"1\",\"ttl\":\"PT30M\"}");
        post(client(), "{\"model\": \"meta/llama\", \"version\": \"2\"}")
                .expectBody()
                .jsonPath("$.ttl")
                .isEqualTo("PT30M");
        assertThat(ttl()).contains(Duration.ofMinutes(30));
        client().get()
                .uri("/llmcachemodels")
                .exchange()
                .expectBody()
                .jsonPath("$.models[0].ttl")
                .isEqualTo("PT30M");

        post(client(), "{\"model\": \"meta/llama\", \"ttl\": \"PT2H\"}")
                .expectBody()
                .jsonPath("$.version")
                .isEqualTo("2");
        assertThat(ttl()).contains(Duration.ofHours(2));

        post(client(), "{\"model\": \"meta/llama\", \"ttl\": \"\"}")
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.ttl")
                .doesNotExist();
        assertThat(ttl()).isEmpty();
        assertThat(redis.commands().get(KEY)).isEqualTo("{\"v\":1,\"version\":\"2\"}");
    }

    private static Optional<Duration> ttl() {
        return application.getBean(ModelConfigRegistry.class).find(NAME).map(ModelConfig::ttl);
    }

    @Test
    void a_change_of_what_somebody_else_changed_is_a_conflict() {
        redis.commands().set(KEY, "{\"version\":\"1\"}");
        post(client(), "{\"model\": \"meta/llama\", \"version\": \"2\", \"revision\": \"0123\"}")
                .expectStatus()
                .isEqualTo(409)
                .expectBody()
                .jsonPath("$.message")
                .exists();
        post(client(), "{\"model\": \"meta/llama\", \"version\": \"2\", \"revision\": \"\"}")
                .expectStatus()
                .isEqualTo(409);
        delete("?model=meta/llama&revision=0123").expectStatus().isEqualTo(409);
        assertThat(redis.commands().get(KEY)).isEqualTo("{\"version\":\"1\"}");
        assertThat(application.getBean(ActuatorApplication.Audited.class).events())
                .isEmpty();
    }

    @Test
    void what_cannot_be_read_is_only_replaced_by_those_who_name_its_revision() {
        redis.commands().set(KEY, "{canary");
        post(client(), "{\"model\": \"meta/llama\", \"version\": \"2\"}")
                .expectStatus()
                .isEqualTo(409);
        assertThat(redis.commands().get(KEY)).isEqualTo("{canary");
        client().get()
                .uri("/llmcachemodels?model=meta/llama")
                .exchange()
                .expectBody()
                .jsonPath("$.readable")
                .isEqualTo(false);

        post(
                        client(),
                        "{\"model\": \"meta/llama\", \"version\": \"2\", \"revision\": \""
                                + redis.commands()
                                        .eval(
                                                "return redis.sha1hex(redis.call('GET', KEYS[1]))",
                                                ScriptOutputType.VALUE,
                                                KEY)
                                + "\"}")
                .expectStatus()
                .isOk();
        assertThat(redis.commands().get(KEY)).isEqualTo("{\"v\":1,\"version\":\"2\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"version\": \"2\"}",
                "{\"model\": \"\", \"version\": \"2\"}",
                "{\"model\": \"meta/llama\"}",
                "{\"model\": \"meta/llama\", \"inputPrice\": \"-1\"}",
                "{\"model\": \"meta/llama\", \"inputPrice\": \"canary\"}",
                "{\"model\": \"meta/llama\", \"inputPrice\": \"1e9\"}",
                "{\"model\": \"meta/llama\", \"parameters\": \"[]\"}",
                "{\"model\": \"meta/llama\", \"ttl\": \"canary\"}",
                "{\"model\": \"meta/llama\", \"ttl\": \"3600\"}",
                "{\"model\": \"meta/llama\", \"ttl\": \"0s\"}",
                "{\"model\": \"meta/llama\", \"ttl\": \"-5m\"}",
                "{\"model\": \"meta/llama\", \"ttl\": \"3651d\"}",
                "{\"model\": \"meta/llama\", \"ttl\": \"99999999999999999d\"}",
                "{\"model\": \"meta/llama\", \"parameters\": \"{\\\"a\\\": {}}\"}",
                "{\"model\": \"meta/llama\", \"parameters\": \"canary\"}",
                "{\"model\": \"meta/llama\", \"parameters\": {\"a\": \"b\"}}",
            })
    void bad_values_are_refused(String body) {
        post(client(), body).expectStatus().isBadRequest();
        assertThat(redis.commands().keys("*")).isEmpty();
    }

    @Test
    void changes_are_audited_without_parameters() {
        post(
                authorized(),
                "{\"model\": \"meta/llama\", \"version\": \"2\", \"parameters\": \"{\\\"a\\\":\\\"b\\\"}\"}");
        delete("?model=meta/llama");

        assertThat(application.getBean(ActuatorApplication.Audited.class).events())
                .extracting(AuditEvent::getPrincipal, AuditEvent::getType, AuditEvent::getData)
                .containsExactly(
                        tuple("ada", "LLM_CACHE_MODEL_CHANGED", Map.of("model", NAME, "change", "put", "version", "2")),
                        tuple("anonymous", "LLM_CACHE_MODEL_CHANGED", Map.of("model", NAME, "change", "deleted")));
    }

    @Test
    void a_server_that_does_not_answer_is_told() throws Exception {
        redis.pause();
        try {
            client().get()
                    .uri("/llmcachemodels?model=meta/llama")
                    .exchange()
                    .expectStatus()
                    .isEqualTo(503);
        } finally {
            redis.resume();
        }
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> client().get()
                .uri("/llmcachemodels")
                .exchange()
                .expectStatus()
                .isOk());
    }

    @Test
    void read_only_access_denies_changes() {
        try (ConfigurableApplicationContext readOnly = start("management.endpoint.llmcachemodels.access=read-only")) {
            RestTestClient client = client(readOnly);
            client.get().uri("/llmcachemodels").exchange().expectStatus().isOk();
            post(client, "{\"model\": \"m\", \"version\": \"2\"}")
                    .expectStatus()
                    .isEqualTo(405);
            client.delete()
                    .uri("/llmcachemodels?model=m")
                    .exchange()
                    .expectStatus()
                    .isEqualTo(405);
        }
    }

    private static ResponseSpec post(RestTestClient client, String body) {
        return client.post()
                .uri("/llmcachemodels")
                .contentType(MediaType.APPLICATION_JSON)
                .body(body)
                .exchange();
    }

    private static ResponseSpec delete(String query) {
        return client().delete().uri("/llmcachemodels" + query).exchange();
    }

    private static RestTestClient client() {
        return client(application);
    }

    private static RestTestClient authorized() {
        return client().mutate()
                .defaultHeaders(headers -> headers.setBasicAuth("ada", "secret"))
                .build();
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
                        "management.endpoints.web.exposure.include=llmcachemodels",
                        "llm-cache.model-registry.enabled=true",
                        "llm-cache.redis.timeout=1s")
                .properties(properties)
                .run();
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Configuration {

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
