package io.github.llmcache.benchmarks;

import static io.github.llmcache.benchmarks.MeasuredApplication.PROMPT;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.ThreadParams;

/** Hits in Redis by 32 threads at once. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Threads(RedisThroughputBenchmark.THREADS)
@Fork(5)
@Warmup(iterations = 20, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class RedisThroughputBenchmark {

    static final int THREADS = 32;

    private MeasuredApplication application;
    private Oracle oracle;
    private RedisClient client;
    private StatefulRedisConnection<byte[], byte[]> connection;
    private byte[] key;
    private List<byte[]> keys;

    /** What one thread asks, and no other. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
    public static class OwnQuestion {

        private String prompt;
        private byte[] key;

        /** Takes the question of the thread's number. */
        @Setup(Level.Trial)
        public void take(RedisThroughputBenchmark all, ThreadParams thread) {
            prompt = MeasuredApplication.prompt(thread.getThreadIndex());
            key = all.keys.get(thread.getThreadIndex());
        }
    }

    /** Starts the server and the application, and fills the caches. */
    @Setup(Level.Trial)
    public void start() {
        application = MeasuredApplication.start(
                OracleApplication.class, "spring.cache.type=redis", "llm-cache.near.enabled=false");
        oracle = application.bean(Oracle.class);
        client = application.redis().client();
        connection = client.connect(ByteArrayCodec.INSTANCE);
        oracle.askPlainly(PROMPT);
        application.awaitHit("redis", () -> oracle.ask(PROMPT));
        key = connection.sync().keys("prompt:*").get(0);
        keys = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            String prompt = MeasuredApplication.prompt(i);
            List<byte[]> before = connection.sync().keys("prompt:*");
            application.awaitHit("redis", () -> oracle.ask(prompt));
            keys.add(connection.sync().keys("prompt:*").stream()
                    .filter(added -> before.stream().noneMatch(known -> Arrays.equals(known, added)))
                    .findFirst()
                    .orElseThrow());
        }
    }

    /** Stops what was started. */
    @TearDown(Level.Trial)
    public void stop() {
        connection.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        application.close();
    }

    /** A hit by {@code @CachedPrompt}. */
    @Benchmark
    public String cachedPrompt() {
        return oracle.ask(PROMPT);
    }

    /** A hit by {@code @CachedPrompt}, where no two threads ask the same. */
    @Benchmark
    public String cachedPromptApart(OwnQuestion own) {
        return oracle.ask(own.prompt);
    }

    /** The bytes of those entries, by Lettuce alone. */
    @Benchmark
    public byte[] rawLettuceApart(OwnQuestion own) {
        return connection.sync().get(own.key);
    }

    /** A hit by {@code @Cacheable} and Boot's Redis cache manager, with values as texts. */
    @Benchmark
    public String cacheable() {
        return oracle.askPlainly(PROMPT);
    }

    /** The bytes of the same entry, by Lettuce alone. */
    @Benchmark
    public byte[] rawLettuce() {
        return connection.sync().get(key);
    }
}
