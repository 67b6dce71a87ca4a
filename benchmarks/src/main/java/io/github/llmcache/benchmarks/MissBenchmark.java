package io.github.llmcache.benchmarks;

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

/** What a miss costs its caller besides the model, which answers at once; every prompt is a new one. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(5)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class MissBenchmark {

    private MeasuredApplication application;
    private Oracle oracle;
    private long number;

    /** Starts the server and the application. */
    @Setup(Level.Trial)
    public void start() {
        application = MeasuredApplication.start(OracleApplication.class, "spring.cache.type=redis");
        oracle = application.bean(Oracle.class);
        application.awaitHit("near", () -> oracle.ask("first"));
    }

    /** Stops what was started. */
    @TearDown(Level.Trial)
    public void stop() {
        application.close();
    }

    /** A miss by {@code @CachedPrompt}, with the memory of the JVM in front of Redis. */
    @Benchmark
    public String cachedPrompt() {
        return oracle.ask(MeasuredApplication.prompt(number++));
    }

    /** A miss by {@code @Cacheable} and Boot's Redis cache manager. */
    @Benchmark
    public String cacheable() {
        return oracle.askPlainly(MeasuredApplication.prompt(number++));
    }

    /** The model alone. */
    @Benchmark
    public String model() {
        return oracle.askModel(MeasuredApplication.prompt(number++));
    }
}
