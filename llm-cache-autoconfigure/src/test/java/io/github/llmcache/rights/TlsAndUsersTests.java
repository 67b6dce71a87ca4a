package io.github.llmcache.rights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.autoconfigure.near.LlmCacheNearAutoConfiguration;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.DocumentedRights;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.TlsFiles;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;

/** A server that speaks TLS, and users with passwords. */
@ExtendWith(OutputCaptureExtension.class)
class TlsAndUsersTests {

    private static final String SECRET = "canary-password";

    @TempDir
    private static Path folder;

    private static TlsFiles files;
    private static TlsFiles others;
    private static int tlsPort;
    private static RealRedis redis;

    @BeforeAll
    static void start() throws Exception {
        files = TlsFiles.create(folder.resolve("one"));
        others = TlsFiles.create(folder.resolve("other"));
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            tlsPort = socket.getLocalPort();
        }
        redis = RealRedis.start(files.serverOptions(tlsPort));
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @BeforeEach
    void user() {
        redis.commands().flushall();
        DocumentedRights.read()
                .grant(
                        redis.commands(),
                        List.of(
                                "connection",
                                "answers",
                                "single-flight",
                                "indexes",
                                "eviction",
                                "near",
                                "statistics",
                                "models"));
        DocumentedRights.setUser(redis.commands(), List.of("resetpass", ">" + SECRET));
    }

    private static ApplicationContextRunner application(String... properties) {
        return CacheApplication.on(redis)
                .withConfiguration(
                        AutoConfigurations.of(LlmCacheNearAutoConfiguration.class, SslAutoConfiguration.class))
                .withBean(Shop.class)
                .withPropertyValues(
                        "spring.data.redis.username=" + DocumentedRights.USER,
                        "spring.data.redis.password=" + SECRET,
                        "llm-cache.key-prefix=" + DocumentedRights.PREFIX)
                .withPropertyValues(properties);
    }

    private static ApplicationContextRunner overTls(TlsFiles trusted, String... properties) {
        return application(
                        "spring.data.redis.port=" + tlsPort,
                        "spring.data.redis.ssl.bundle=redis",
                        "spring.ssl.bundle.pem.redis.truststore.certificate="
                                + trusted.certificate().toUri())
                .withPropertyValues(properties);
    }

    @Test
    void all_connections_of_the_cache_are_over_tls_and_of_the_user(CapturedOutput output) {
        overTls(files).run(context -> {
            patiently().until(() -> tier(context).equals(Optional.of("near")));
            await().until(() -> clients().stream().anyMatch(client -> client.contains(" sub=1 ")));

            assertThat(clients())
                    .as("commands, tracking and the channel")
                    .hasSizeGreaterThanOrEqualTo(3)
                    .allMatch(client -> client.contains("laddr=127.0.0.1:" + tlsPort + " "));
        });
        assertThat(warnings(output)).isEmpty();
    }

    @Test
    void jedis_speaks_tls_too(CapturedOutput output) {
        overTls(files, "spring.data.redis.client-type=jedis").run(context -> {
            patiently().until(() -> tier(context).equals(Optional.of("redis")));
            assertThat(clients()).isNotEmpty().allMatch(client -> client.contains("laddr=127.0.0.1:" + tlsPort + " "));
        });
        assertThat(warnings(output)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void a_certificate_that_is_not_trusted_is_told_in_one_warning_and_calls_go_on(
            String client, CapturedOutput output) {
        overTls(others, "spring.data.redis.client-type=" + client, "llm-cache.stats.enabled=false")
                .run(context -> {
                    for (int i = 0; i < 5; i++) {
                        assertThat(context.getBean(Shop.class).ask("Why?")).isEqualTo(Shop.ANSWER);
                    }
                    patiently().until(() -> {
                        context.getBean(Shop.class).ask("Why?");
                        return !warnings(output).isEmpty();
                    });
                    assertThat(context.getBean(Shop.class).ask("Why?")).isEqualTo(Shop.ANSWER);
                });
        assertThat(warnings(output)).singleElement().asString().contains("TLS", "spring.data.redis.ssl");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void a_wrong_password_is_told_once_without_it_and_works_when_the_user_is_mended(
            String client, CapturedOutput output) {
        DocumentedRights.setUser(redis.commands(), List.of("resetpass", ">another"));
        application(
                        "spring.data.redis.client-type=" + client,
                        "llm-cache.model-registry.enabled=true",
                        "llm-cache.stats.flush-interval=100ms")
                .run(context -> {
                    patiently().until(() -> {
                        assertThat(context.getBean(Shop.class).ask("Why?")).isEqualTo(Shop.ANSWER);
                        return !warnings(output).isEmpty();
                    });
                    assertThat(warnings(output))
                            .singleElement()
                            .asString()
                            .contains("denies access", "spring.data.redis.username", "password");

                    // Whatever else asks in the background has been refused too by now.
                    await().pollDelay(Duration.ofMillis(700))
                            .until(() -> warnings(output).size() == 1);
                    DocumentedRights.setUser(redis.commands(), List.of(">" + SECRET));
                    patiently().until(() -> tier(context).isPresent());
                });
        assertThat(output.getAll()).doesNotContain(SECRET);
    }

    @Test
    void a_user_that_is_deleted_while_the_application_runs_is_missed_and_found_again(CapturedOutput output) {
        application("llm-cache.stats.enabled=false").run(context -> {
            patiently().until(() -> tier(context).equals(Optional.of("near")));

            redis.commands().aclDeluser(DocumentedRights.USER);
            patiently().until(() -> tier(context).isEmpty());
            assertThat(context.getBean(Shop.class).ask("Why?")).isEqualTo(Shop.ANSWER);
            assertThat(context.getBean(Shop.class).ask("How?")).isEqualTo(Shop.ANSWER);

            user();
            patiently().until(() -> tier(context).equals(Optional.of("near")));
        });
        assertThat(warnings(output)).isNotEmpty();
        assertThat(output.getAll()).doesNotContain(SECRET);
    }

    @Test
    void a_right_that_is_given_back_is_used_again(CapturedOutput output) {
        application("llm-cache.stats.enabled=false", "llm-cache.near.enabled=false")
                .run(context -> {
                    patiently().until(() -> tier(context).equals(Optional.of("redis")));

                    DocumentedRights.setUser(redis.commands(), List.of("-get"));
                    for (int i = 0; i < 3; i++) {
                        assertThat(tier(context)).isEmpty();
                    }
                    assertThat(warnings(output)).singleElement().asString().contains("denies the command GET");

                    DocumentedRights.setUser(redis.commands(), List.of("+get"));
                    assertThat(tier(context)).contains("redis");
                });
    }

    /** Which tier answers; empty where the model does. */
    private static Optional<String> tier(ApplicationContext context) throws Exception {
        return context.getBean(PromptCallObserver.class)
                .observe(() -> context.getBean(Shop.class).ask("Why?"))
                .last()
                .filter(call -> call.outcome() == CacheOutcome.HIT)
                .map(call -> String.valueOf(call.tier()));
    }

    private static List<String> clients() {
        return redis.commands()
                .clientList()
                .lines()
                .filter(client -> client.contains("user=" + DocumentedRights.USER))
                .toList();
    }

    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(20)).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(20));
    }

    private static List<String> warnings(CapturedOutput output) {
        return output.getAll()
                .lines()
                .filter(line -> line.contains("WARN") && line.contains("Redis at"))
                .toList();
    }
}
