package io.github.llmcache.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.annotation.NotInKey;
import io.github.llmcache.engine.PromptDirectives;
import io.github.llmcache.event.CacheStatistics;
import io.github.llmcache.testing.RealRedis;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringBootConfiguration;
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
import tools.jackson.databind.json.JsonMapper;

/** Explanations over HTTP, with a real Redis. */
class ExplainOverHttpTests {

    private static final RealRedis redis = RealRedis.start();
    private static ConfigurableApplicationContext application;

    @BeforeAll
    static void start() {
        application = start("llm-cache.models.gpt.version=3");
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
        librarian().calls().set(0);
    }

    record Shelf(String room, List<Integer> rows) {}

    static class Librarian {

        private final AtomicInteger calls = new AtomicInteger();

        public AtomicInteger calls() {
            return calls;
        }

        @CachedPrompt(cacheName = "books", model = "gpt")
        public String ask(String question) {
            return answered();
        }

        @CachedPrompt(cacheName = "books", model = "gpt")
        public String ask(String question, int pages) {
            return answered();
        }

        @CachedPrompt(cacheName = "books", model = "gpt", scope = "#user")
        public String find(
                String question, List<Shelf> shelves, String[] words, @NotInKey @Nullable Object trace, String user) {
            return answered();
        }

        @CachedPrompt(cacheName = "books", model = "gpt")
        public String told(String question, PromptDirectives directives) {
            return answered();
        }

        @CachedPrompt(cacheName = "shelved", model = "gpt")
        public String shelved(String question) {
            return answered();
        }

        private String answered() {
            calls.incrementAndGet();
            return "canary-answer";
        }
    }

    private static Librarian librarian() {
        return application.getBean(Librarian.class);
    }

    @Test
    void a_miss_is_told_to_those_who_are_shown_values_with_all_that_the_key_is_made_from() {
        authorized(body(
                        "librarian.find",
                        "[\"Where is  Faust?\", [{\"room\": \"A\", \"rows\": [1, 2]}], [\"x\"], null, \"ann\"]"))
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.outcome")
                .isEqualTo("MISS")
                .jsonPath("$.mode")
                .isEqualTo("on")
                .jsonPath("$.bypass")
                .doesNotExist()
                .jsonPath("$.request.method")
                .value(String.class, method -> assertThat(method).startsWith("librarian@"))
                .jsonPath("$.request.returnShape")
                .exists()
                .jsonPath("$.request.model")
                .isEqualTo("gpt")
                .jsonPath("$.request.modelVersion")
                .isEqualTo("3")
                .jsonPath("$.request.scope")
                .isEqualTo("ann")
                .jsonPath("$.request.arguments[0]")
                .isEqualTo("Where is  Faust?")
                .jsonPath("$.request.arguments[1][0].rows[1]")
                .isEqualTo(2)
                .jsonPath("$.tiers.length()")
                .isEqualTo(1)
                .jsonPath("$.tiers[0].tier")
                .isEqualTo("redis")
                .jsonPath("$.tiers[0].state")
                .isEqualTo("not-found")
                .jsonPath("$.nearest.compared")
                .isEqualTo(0)
                .jsonPath("$.nearest.complete")
                .isEqualTo(true);
        assertThat(librarian().calls()).hasValue(0);
    }

    @Test
    void others_are_told_the_components_and_versions_but_no_text() {
        librarian().ask("canary-question one");
        awaitEntry();
        String key = redis.commands().keys("books:*").get(0);
        redis.commands()
                .set(
                        key,
                        Objects.requireNonNull(redis.commands().get(key))
                                .replace("\"modelVersion\":\"3\"", "\"modelVersion\":\"2\""));

        String body = text(post(client(), body("librarian.ask(java.lang.String)", "[\"canary-question two\"]"))
                .expectStatus()
                .isOk());

        assertThat(body)
                .contains("\"component\":\"model-version\",\"request\":\"3\",\"entry\":\"2\"")
                .contains("\"component\":\"prompt\"")
                .contains("\"redis\":\"books:")
                .doesNotContain("canary")
                .doesNotContain("similarity")
                .doesNotContain("\"arguments\":[\"");
    }

    @Test
    void the_hash_in_which_an_entry_would_be_holds_no_prompt_and_is_told_to_all() {
        String body = text(post(client(), "/shelved/explain", body("librarian.shelved", "[\"canary\"]"))
                .expectStatus()
                .isOk());

        assertThat(body).contains("\"redis\":\"cache:gpt:shelved\"").doesNotContain("canary");
    }

    @Test
    void a_hit_is_told_and_neither_counted_nor_answered() {
        librarian().ask("canary");
        awaitEntry();
        CacheStatistics.Snapshot before =
                application.getBean(CacheStatistics.class).of("books");

        String body = text(authorized(body("librarian.ask(java.lang.String)", "[\"CANARY\"]"))
                .expectStatus()
                .isOk());

        assertThat(body)
                .contains("\"outcome\":\"HIT\"")
                .contains("\"tier\":\"redis\",\"state\":\"fresh\"")
                .contains("\"prompt\":\"canary\"")
                .doesNotContain("canary-answer");
        assertThat(application.getBean(CacheStatistics.class).of("books")).isEqualTo(before);
        assertThat(librarian().calls()).hasValue(1);
    }

    @Test
    void a_blank_scope_is_a_bypass() {
        post(client(), body("librarian.find", "[\"q\", [], [], null, null]"))
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.outcome")
                .isEqualTo("BYPASS")
                .jsonPath("$.bypass")
                .isEqualTo("scope")
                .jsonPath("$.key")
                .doesNotExist()
                .jsonPath("$.tiers.length()")
                .isEqualTo(0);
    }

    @Test
    void a_parameter_of_directives_takes_null() {
        post(client(), body("librarian.told", "[\"q\", null]"))
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.outcome")
                .isEqualTo("MISS");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "librarian.nothing | 404 | It has librarian.ask(java.lang.String) and"
                        + " librarian.ask(java.lang.String,int) and"
                        + " librarian.find(java.lang.String,java.util.List,java.lang.String[],java.lang.Object,java.lang.String)"
                        + " and librarian.told(java.lang.String,io.github.llmcache.engine.PromptDirectives)",
                "librarian.ask | 400 | several of this name: librarian.ask(java.lang.String) and"
                        + " librarian.ask(java.lang.String,int)",
                "librarian.ask(int) | 404 | It has librarian.ask",
                "'' | 400 | Name the method: librarian.ask",
            })
    void a_wrong_method_is_told_what_there_is(String method, int status, String message) {
        post(client(), body(method, "[\"canary\"]"))
                .expectStatus()
                .isEqualTo(status)
                .expectBody()
                .jsonPath("$.message")
                .value(String.class, told -> assertThat(told).contains(message).doesNotContain("canary"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "canary | are no JSON",
                "[\"canary\" | are no JSON",
                "{\"question\": \"canary\"} | JSON array of 2 values",
                "[\"canary\"] | JSON array of 2 values",
                "[\"canary\", \"canary\"] | Argument 2 can't be read as a int",
                "[\"canary\", null] | Argument 2 can't be read as a int",
                "[\"canary\", 3] [] | are no JSON",
                "[{\"canary\": 1}, 3] | Argument 1 can't be read as a java.lang.String",
            })
    void unusable_arguments_are_told_by_their_number_and_never_repeated(String arguments, String message) {
        post(client(), body("librarian.ask(java.lang.String, int)", arguments))
                .expectStatus()
                .isBadRequest()
                .expectBody()
                .jsonPath("$.message")
                .value(String.class, told -> assertThat(told).contains(message).doesNotContain("canary"));
        assertThat(application.getBean(ActuatorApplication.Audited.class).events())
                .isEmpty();
    }

    @Test
    void an_argument_of_a_generic_type_is_read_as_such() {
        authorized(body("librarian.find", "[\"q\", [{\"room\": 7, \"rows\": [\"canary\"]}], [], null, \"ann\"]"))
                .expectStatus()
                .isBadRequest()
                .expectBody()
                .jsonPath("$.message")
                .value(String.class, told -> assertThat(told)
                        .contains("Argument 2 can't be read as a java.util.List<")
                        .doesNotContain("canary"));
    }

    @Test
    void what_is_no_cache_or_no_explanation_is_not_found() {
        post(client(), "/nowhere/explain", body("librarian.ask", "[]"))
                .expectStatus()
                .isNotFound();
        post(client(), "/books/other", body("librarian.ask", "[]"))
                .expectStatus()
                .isNotFound();
        post(client(), "/prompt/explain", body("librarian.ask", "[]"))
                .expectStatus()
                .isNotFound();
        // The path of a digest is as it was.
        client().get().uri("/llmcache/books/explain").exchange().expectStatus().isNotFound();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void each_explanation_is_audited_without_text(boolean shown) {
        librarian().ask("canary");
        awaitEntry();
        String request = body("librarian.ask(java.lang.String)", "[\"canary two\"]");

        (shown ? authorized(request) : post(client(), request)).expectStatus().isOk();

        assertThat(application.getBean(ActuatorApplication.Audited.class).events())
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getType()).isEqualTo("LLM_CACHE_EXPLAINED");
                    assertThat(event.getPrincipal()).isEqualTo(shown ? "ada" : "anonymous");
                    assertThat(event.getData())
                            .containsEntry("cache", "books")
                            .containsEntry("count", 1)
                            .containsEntry("values", shown)
                            .containsKey("digest");
                    assertThat(event.toString()).doesNotContain("canary");
                });
    }

    @Test
    void read_only_access_takes_explanations_away_as_it_does_all_that_is_posted() {
        try (ConfigurableApplicationContext readOnly = start("management.endpoint.llmcache.access=read-only")) {
            post(client(readOnly), body("librarian.ask(java.lang.String)", "[\"q\"]"))
                    .expectStatus()
                    .isEqualTo(405);
        }
    }

    @Test
    void a_server_that_does_not_answer_is_told_in_the_tier() throws Exception {
        redis.pause();
        try {
            post(client(), body("librarian.ask(java.lang.String)", "[\"q\"]"))
                    .expectStatus()
                    .isOk()
                    .expectBody()
                    .jsonPath("$.outcome")
                    .isEqualTo("MISS")
                    .jsonPath("$.tiers[0].state")
                    .isEqualTo("failed")
                    .jsonPath("$.tiers[0].problem")
                    .isEqualTo("timeout");
        } finally {
            redis.resume();
        }
        await().untilAsserted(() -> post(client(), body("librarian.ask(java.lang.String)", "[\"q\"]"))
                .expectBody()
                .jsonPath("$.tiers[0].state")
                .isEqualTo("not-found"));
    }

    private static void awaitEntry() {
        await().until(() -> redis.commands().keys("books:*").size() == 1);
    }

    private static String body(String method, String arguments) {
        return JsonMapper.shared().writeValueAsString(Map.of("method", method, "arguments", arguments));
    }

    private static String text(ResponseSpec response) {
        return new String(
                Objects.requireNonNull(response.expectBody().returnResult().getResponseBody()), StandardCharsets.UTF_8);
    }

    private static ResponseSpec authorized(String body) {
        return post(
                client().mutate()
                        .defaultHeaders(headers -> headers.setBasicAuth("ada", "secret"))
                        .build(),
                body);
    }

    private static ResponseSpec post(RestTestClient client, String body) {
        return post(client, "/books/explain", body);
    }

    private static ResponseSpec post(RestTestClient client, String path, String body) {
        return client.post()
                .uri("/llmcache" + path)
                .contentType(MediaType.APPLICATION_JSON)
                .body(body)
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
                        "management.endpoints.web.exposure.include=llmcache",
                        "management.endpoint.llmcache.show-values=when-authorized",
                        "llm-cache.near.enabled=false",
                        "llm-cache.stats.enabled=false",
                        "llm-cache.caches.prompt.ttl=1h",
                        "llm-cache.caches.shelved.layout=hash",
                        "llm-cache.redis.timeout=1s")
                .properties(properties)
                .run();
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Configuration {

        @Bean
        Librarian librarian() {
            return new Librarian();
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
