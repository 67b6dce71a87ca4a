package io.github.llmcache.benchmarks;

import static io.github.llmcache.benchmarks.MeasuredApplication.ANSWER;
import static io.github.llmcache.benchmarks.MeasuredApplication.PROMPT;

import com.alicp.jetcache.Cache;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.Objects;
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
import org.redisson.api.RMap;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/** A hit in Redis: a prompt of 200 characters, an answer of 1.5 kB, one server on the loopback interface. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(5)
@Warmup(iterations = 20, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class RedisHitBenchmark {

    private MeasuredApplication application;
    private Oracle oracle;
    private RedisClient client;
    private StatefulRedisConnection<byte[], byte[]> connection;
    private byte[] key;
    private Cache<String, String> jetCache;
    private RedissonClient redisson;
    private RMap<String, String> map;

    /** Starts the server and the application, and fills the caches. */
    @Setup(Level.Trial)
    public void start() {
        application = MeasuredApplication.start(
                OracleApplication.class, "spring.cache.type=redis", "llm-cache.near.enabled=false");
        oracle = application.bean(Oracle.class);
        client = application.redis().client();
        connection = client.connect(ByteArrayCodec.INSTANCE);
        jetCache = Peers.jetCacheInRedis(client);
        redisson = Peers.redisson(application.redis());
        map = redisson.getMap("redisson", StringCodec.INSTANCE);
        oracle.askPlainly(PROMPT);
        jetCache.put(PROMPT, ANSWER);
        map.fastPut(PROMPT, ANSWER);
        application.awaitHit("redis", () -> oracle.ask(PROMPT));
        key = connection.sync().keys("prompt:*").get(0);
    }

    /** Stops what was started. */
    @TearDown(Level.Trial)
    public void stop() {
        jetCache.close();
        redisson.shutdown();
        connection.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        application.close();
    }

    /** A hit by {@code @CachedPrompt}. */
    @Benchmark
    public String cachedPrompt() {
        return oracle.ask(PROMPT);
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

    /** A hit in JetCache's second level, by its API. */
    @Benchmark
    public String jetCache() {
        return Objects.requireNonNull(jetCache.get(PROMPT));
    }

    /** A hit in Redisson's map without its memory, by its API. */
    @Benchmark
    public String redisson() {
        return Objects.requireNonNull(map.get(PROMPT));
    }
}
