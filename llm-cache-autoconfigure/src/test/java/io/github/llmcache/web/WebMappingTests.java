package io.github.llmcache.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.engine.PromptCallDirectives;
import io.github.llmcache.engine.PromptDirectives;
import io.github.llmcache.engine.PromptNotCachedException;
import io.github.llmcache.testing.RealRedis;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Requests to a real web server. */
class WebMappingTests {

    private static final String[] ALL = {
        "llm-cache.web.directives=no-cache,no-store,only-if-cached,max-age", "llm-cache.web.outcome-header=true"
    };

    private static RealRedis redis;
    private static ConfigurableApplicationContext application;
    private static RestTestClient client;

    @BeforeAll
    static void start() {
        redis = RealRedis.start();
        application = application(ALL);
        client = clientOf(application);
    }

    @AfterAll
    static void stop() {
        application.close();
        redis.close();
    }

    @BeforeEach
    void empty() {
        redis.commands().flushall();
    }

    @Test
    void the_directives_of_a_request_reach_the_thread_that_handles_it() {
        assertThat(directives("no-cache, max-age=60"))
                .isEqualTo(PromptDirectives.NO_CACHE
                        .and(PromptDirectives.maxAge(Duration.ofMinutes(1)))
                        .toString());
        assertThat(directives("no-store", "only-if-cached"))
                .isEqualTo(PromptDirectives.NO_STORE
                        .and(PromptDirectives.ONLY_IF_CACHED)
                        .toString());
    }

    @Test
    void the_next_request_on_the_thread_is_not_given_them() {
        directives("no-store");
        for (int i = 0; i < 20; i++) {
            assertThat(directives()).isEqualTo(PromptDirectives.NONE.toString());
        }
    }

    @Test
    void the_directives_reach_what_a_controller_returns_to_be_run() {
        assertThat(text(get("/callable", "no-store"))).isEqualTo(PromptDirectives.NO_STORE.toString());
        assertThat(text(get("/callable"))).isEqualTo(PromptDirectives.NONE.toString());
    }

    @Test
    void directives_that_are_not_allowed_do_not_count() {
        try (ConfigurableApplicationContext strict = application("llm-cache.web.directives[0]=no-store")) {
            RestTestClient strictClient = clientOf(strict);
            assertThat(text(get(strictClient, "/directives", "no-cache, no-store, only-if-cached, max-age=0")))
                    .isEqualTo(PromptDirectives.NO_STORE.toString());
            get(strictClient, "/ask").expectHeader().doesNotExist("X-LLM-Cache");
        }
    }

    @Test
    void the_directives_of_a_request_act_on_the_cache() {
        get("/ask", "only-if-cached").expectStatus().isEqualTo(504);
        outcome(get("/ask", "max-age=3600"), "MISS");
        outcome(get("/ask", "only-if-cached"), "HIT; tier=redis");
        outcome(get("/ask", "no-cache"), "MISS");
        outcome(get("/ask", "max-age=3600"), "HIT; tier=redis");
        outcome(get("/ask", "no-store"), "BYPASS");
    }

    @Test
    void the_outcome_of_a_call_is_told() {
        outcome(get("/ask"), "MISS");
        outcome(get("/ask"), "HIT; tier=redis");
    }

    @Test
    void a_response_that_is_begun_with_the_answer_tells_of_it() {
        outcome(get("/large"), "MISS");
        assertThat(text(outcome(get("/large"), "HIT; tier=redis"))).hasSize(200_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/future", "/joined"})
    void a_call_that_ends_on_another_thread_is_told(String path) {
        outcome(get(path), "MISS");
        outcome(get(path), "HIT; tier=redis");
    }

    @Test
    void of_several_calls_the_last_one_is_told() {
        outcome(get("/ask"), "MISS");
        outcome(get("/two"), "HIT; tier=redis");
    }

    @Test
    void an_application_that_tells_it_itself_tells_it_once() {
        outcome(get("/own"), "MISS");
    }

    @Test
    void a_call_that_failed_is_told_too() {
        outcome(get("/broken"), "ERROR").expectStatus().isEqualTo(500);
    }

    @Test
    void a_request_without_a_cached_call_is_told_nothing() {
        get("/directives").expectStatus().isOk().expectHeader().doesNotExist("X-LLM-Cache");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/not-cached", "/not-cached-later"})
    void a_missing_answer_that_was_to_be_a_cached_one_is_a_gateway_timeout(String path) {
        ProblemDetail problem = get(path)
                .expectStatus()
                .isEqualTo(504)
                .expectHeader()
                .contentType("application/problem+json")
                .expectBody(ProblemDetail.class)
                .returnResult()
                .getResponseBody();

        assertThat(problem).isNotNull();
        assertThat(problem.getTitle()).isEqualTo("Gateway Timeout");
        assertThat(problem.getStatus()).isEqualTo(504);
        assertThat(problem.getDetail()).doesNotContain("canary");
    }

    private static ConfigurableApplicationContext application(String... properties) {
        return new SpringApplicationBuilder(Configuration.class)
                .properties("server.port=0", "spring.main.banner-mode=off")
                .properties("llm-cache.redis.timeout=5s")
                .properties(redis.properties())
                .properties(properties)
                .run();
    }

    private static RestTestClient clientOf(ConfigurableApplicationContext application) {
        return RestTestClient.bindToServer()
                .baseUrl("http://localhost:" + application.getEnvironment().getRequiredProperty("local.server.port"))
                .build();
    }

    private static String directives(String... cacheControl) {
        return text(get("/directives", cacheControl));
    }

    private static ResponseSpec get(String path, String... cacheControl) {
        return get(client, path, cacheControl);
    }

    private static ResponseSpec get(RestTestClient client, String path, String... cacheControl) {
        return client.get()
                .uri(path)
                .headers(headers -> headers.addAll("Cache-Control", List.of(cacheControl)))
                .exchange();
    }

    private static ResponseSpec outcome(ResponseSpec response, String outcome) {
        return response.expectHeader().valueEquals("X-LLM-Cache", outcome);
    }

    private static String text(ResponseSpec response) {
        String body = response.expectStatus()
                .isOk()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody();
        return String.valueOf(body);
    }

    static class Oracle {

        @CachedPrompt(model = "demo")
        public String ask(String question) {
            if (question.equals("broken")) {
                throw new IllegalStateException("no answer");
            }
            return "an answer to " + question;
        }

        @CachedPrompt(model = "demo")
        public CompletableFuture<String> askLater(String question) {
            return CompletableFuture.supplyAsync(() -> "an answer to " + question);
        }

        @CachedPrompt(model = "demo")
        public String recite(int length) {
            return "x".repeat(length);
        }
    }

    @RestController
    record Controller(Oracle oracle, PromptCallDirectives given) {

        @GetMapping("/ask")
        String ask() {
            return oracle.ask("why");
        }

        @GetMapping("/two")
        String two() {
            oracle.ask("a new one");
            return oracle.ask("why");
        }

        @GetMapping("/own")
        ResponseEntity<String> own() {
            return ResponseEntity.ok().header("X-LLM-Cache", "MISS").body(oracle.ask("why"));
        }

        @GetMapping("/large")
        String large() {
            return oracle.recite(200_000);
        }

        @GetMapping("/future")
        CompletableFuture<String> future() {
            return oracle.askLater("why");
        }

        @GetMapping("/joined")
        String joined() {
            return oracle.askLater("why").join();
        }

        @GetMapping("/broken")
        String broken() {
            return oracle.ask("broken");
        }

        @GetMapping("/directives")
        String directives() {
            return given.current().toString();
        }

        @GetMapping("/callable")
        Callable<String> callable() {
            return () -> given.current().toString();
        }

        @GetMapping("/not-cached")
        String notCached() {
            throw new PromptNotCachedException("canary");
        }

        @GetMapping("/not-cached-later")
        CompletableFuture<String> notCachedLater() {
            return CompletableFuture.supplyAsync(() -> {
                throw new PromptNotCachedException("canary");
            });
        }
    }

    @RestControllerAdvice
    static class EverythingElse {

        @ExceptionHandler
        ProblemDetail any(Exception ex) {
            return ProblemDetail.forStatus(500);
        }
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Configuration {

        @Bean
        Oracle oracle() {
            return new Oracle();
        }

        @Bean
        Controller controller(Oracle oracle, PromptCallDirectives directives) {
            return new Controller(oracle, directives);
        }

        @Bean
        SecurityFilterChain security(HttpSecurity http) {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .build();
        }

        @Bean
        EverythingElse everythingElse() {
            return new EverythingElse();
        }
    }
}
