package io.github.llmcache.benchmarks;

import static io.github.llmcache.benchmarks.MeasuredApplication.ANSWER;
import static io.github.llmcache.benchmarks.MeasuredApplication.PROMPT;

import io.github.llmcache.annotation.CachedPrompt;
import java.io.IOException;
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
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A hit in Redis in each layout, among a thousand other answers of 1.5 kB, without the tier in memory. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class LayoutHitBenchmark {

    private static final int OTHERS = 1000;

    private MeasuredApplication application;
    private Oracle oracle;

    /** The application that is measured. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    public static class Application {

        @Bean
        Oracle oracle() {
            return new Oracle();
        }
    }

    /** The same question, in a cache of each layout. */
    public static class Oracle {

        /** Has a key of its own. */
        @CachedPrompt(cacheName = "strings", model = "benchmark")
        public String askString(String question) {
            return ANSWER;
        }

        /** Is a field of a hash. */
        @CachedPrompt(cacheName = "fields", model = "benchmark")
        public String askHash(String question) {
            return ANSWER;
        }
    }

    /** Starts the server and the application, and fills the caches. */
    @Setup(Level.Trial)
    public void start() throws IOException {
        application = MeasuredApplication.start(
                Application.class, "llm-cache.near.enabled=false", "llm-cache.caches.fields.layout=hash");
        oracle = application.bean(Oracle.class);
        for (int i = 0; i < OTHERS; i++) {
            oracle.askString(PROMPT + i);
            oracle.askHash(PROMPT + i);
        }
        application.awaitHit("redis", () -> oracle.askString(PROMPT));
        application.awaitHit("redis", () -> oracle.askHash(PROMPT));
    }

    /** Stops what was started. */
    @TearDown(Level.Trial)
    public void stop() throws IOException {
        application.close();
    }

    /** A hit under a key of its own. */
    @Benchmark
    public String string() {
        return oracle.askString(PROMPT);
    }

    /** A hit in a hash. */
    @Benchmark
    public String hash() {
        return oracle.askHash(PROMPT);
    }
}
