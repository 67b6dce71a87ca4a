package io.github.llmcache.sample.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.sample.Sample;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import redis.embedded.RedisExecProvider;
import redis.embedded.util.OS;

class EmbeddedRedisTest {

    private final ApplicationContextRunner context =
            new ApplicationContextRunner().withUserConfiguration(EmbeddedRedisConfiguration.class);

    @Test
    void whereNoRedisIsNamedOneRunsUntilTheApplicationEnds() {
        int[] port = new int[1];

        context.run(application -> {
            port[0] = application.getBean(EmbeddedRedis.class).port();
            assertThat(listens(port[0])).isTrue();
        });

        await().until(() -> !listens(port[0]));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spring.data.redis.host=redis.example",
                "spring.data.redis.port=6379",
                "spring.data.redis.url=redis://redis.example:6379",
                "spring.data.redis.sentinel.nodes=redis.example:26379",
                "spring.data.redis.cluster.nodes[0]=redis.example:6379",
                "spring.data.redis.masterreplica.nodes=redis.example:6379"
            })
    void whereOneIsNamedNoneIsStarted(String property) {
        context.withPropertyValues(property)
                .run(application -> assertThat(application).doesNotHaveBean(EmbeddedRedis.class));
    }

    @Test
    void theEnvironmentNamesOneToo() {
        context.withInitializer(application -> application
                        .getEnvironment()
                        .getPropertySources()
                        .addFirst(environment("SPRING_DATA_REDIS_HOST", "redis.example")))
                .run(application -> assertThat(application).doesNotHaveBean(EmbeddedRedis.class));
    }

    @Test
    void theSampleUsesTheNamedOne() {
        try (EmbeddedRedis redis = EmbeddedRedis.start();
                Sample sample =
                        Sample.start("spring.data.redis.host=127.0.0.1", "spring.data.redis.port=" + redis.port())) {
            assertThat(sample.has(EmbeddedRedis.class)).isFalse();
            assertThat(sample.bean(RedisInUse.class)).isEqualTo(new RedisInUse(false, "127.0.0.1:" + redis.port()));
        }
    }

    @Test
    void whereNoBinaryFitsTheMessageSaysWhatToSet() {
        RedisExecProvider none = RedisExecProvider.defaultProvider();
        for (OS system : OS.values()) {
            none.override(system, "no-such-binary");
        }

        EmbeddedRedisUnavailableException failure =
                catchThrowableOfType(EmbeddedRedisUnavailableException.class, () -> EmbeddedRedis.start(none));
        FailureAnalysis analysis = new EmbeddedRedisFailureAnalyzer().analyze(failure);

        assertThat(analysis).isNotNull();
        assertThat(analysis.getDescription()).contains(System.getProperty("os.name"), "no-such-binary");
        assertThat(analysis.getAction()).contains("SPRING_DATA_REDIS_HOST");
    }

    private static PropertySource<?> environment(String variable, String value) {
        return new SystemEnvironmentPropertySource("systemEnvironment", Map.of(variable, value));
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            return true;
        } catch (IOException ex) {
            return false;
        }
    }
}
