package io.github.llmcache.benchmarks;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.engine.PromptCallObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import redis.embedded.RedisServer;

/** A hit in the memory of the JVM: a prompt of 200 characters, an answer of 1.5 kB. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(5)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class NearHitBenchmark {

    private static final String PROMPT = "Explain to a new colleague what a transformer is. ".repeat(4);
    private static final String ANSWER = "A transformer is a model that attends to its input. ".repeat(29);

    private RedisServer server;
    private ConfigurableApplicationContext application;
    private Oracle oracle;

    /** The application that is measured. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableCaching
    public static class Application {

        @Bean
        Oracle oracle() {
            return new Oracle();
        }
    }

    /** The same question, cached by each of the peers. */
    public static class Oracle {

        /** Asks by way of llm-cache. */
        @CachedPrompt(model = "benchmark")
        public String ask(String question) {
            return ANSWER;
        }

        /** Asks by way of Spring's cache. */
        @Cacheable("plain")
        public String askPlainly(String question) {
            return ANSWER;
        }
    }

    /** Starts the server and the application, and fills the caches. */
    @Setup(Level.Trial)
    public void start() throws IOException {
        int port = freePort();
        server = RedisServer.builder()
                .port(port)
                .setting("bind 127.0.0.1")
                .setting("save \"\"")
                .build();
        server.start();
        application = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "spring.data.redis.host=127.0.0.1",
                        "spring.data.redis.port=" + port,
                        "spring.cache.type=caffeine",
                        "logging.level.root=warn",
                        "spring.main.banner-mode=off")
                .run();
        oracle = application.getBean(Oracle.class);
        oracle.askPlainly(PROMPT);
        awaitNear(application.getBean(PromptCallObserver.class));
    }

    /** Stops what was started. */
    @TearDown(Level.Trial)
    public void stop() throws IOException {
        application.close();
        server.stop();
    }

    /** A hit by {@code @CachedPrompt}. */
    @Benchmark
    public String cachedPrompt() {
        return oracle.ask(PROMPT);
    }

    /** A hit by {@code @Cacheable} and Boot's Caffeine cache manager. */
    @Benchmark
    public String cacheable() {
        return oracle.askPlainly(PROMPT);
    }

    /** The memory is filled by a read from Redis, and only once Redis tells what changes. */
    private void awaitNear(PromptCallObserver observer) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (System.nanoTime() - end < 0) {
            try {
                if (observer.observe(() -> oracle.ask(PROMPT))
                        .last()
                        .filter(call -> "near".equals(call.tier()))
                        .isPresent()) {
                    return;
                }
            } catch (Exception ex) {
                throw new IllegalStateException(ex);
            }
        }
        throw new IllegalStateException("The answer did not come from memory");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
