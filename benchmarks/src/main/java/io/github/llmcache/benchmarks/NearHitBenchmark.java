package io.github.llmcache.benchmarks;

import static io.github.llmcache.benchmarks.MeasuredApplication.ANSWER;
import static io.github.llmcache.benchmarks.MeasuredApplication.PROMPT;

import com.alicp.jetcache.Cache;
import io.lettuce.core.RedisClient;
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
import org.redisson.api.RLocalCachedMap;
import org.redisson.api.RedissonClient;

/** A hit in the memory of the JVM: a prompt of 200 characters, an answer of 1.5 kB. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(5)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class NearHitBenchmark {

    private MeasuredApplication application;
    private Oracle oracle;
    private RedisClient client;
    private Cache<String, String> jetCache;
    private RedissonClient redisson;
    private RLocalCachedMap<String, String> localCachedMap;

    /** Starts the server and the application, and fills the caches. */
    @Setup(Level.Trial)
    public void start() {
        application = MeasuredApplication.start(
                OracleApplication.class,
                "spring.cache.type=caffeine",
                "spring.cache.caffeine.spec=maximumSize=1000,expireAfterWrite=1h");
        oracle = application.bean(Oracle.class);
        client = application.redis().client();
        jetCache = Peers.jetCache(client);
        redisson = Peers.redisson(application.redis());
        localCachedMap = Peers.localCachedMap(redisson);
        oracle.askPlainly(PROMPT);
        jetCache.put(PROMPT, ANSWER);
        localCachedMap.fastPut(PROMPT, ANSWER);
        application.awaitHit("near", () -> oracle.ask(PROMPT));
    }

    /** Stops what was started. */
    @TearDown(Level.Trial)
    public void stop() {
        jetCache.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        redisson.shutdown();
        application.close();
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

    /** A hit in the first of JetCache's two levels, by its API. */
    @Benchmark
    public String jetCache() {
        return Objects.requireNonNull(jetCache.get(PROMPT));
    }

    /** A hit in the memory of Redisson's local cached map, by its API. */
    @Benchmark
    public String redisson() {
        return Objects.requireNonNull(localCachedMap.get(PROMPT));
    }
}
