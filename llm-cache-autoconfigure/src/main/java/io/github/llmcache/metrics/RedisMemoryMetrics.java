package io.github.llmcache.metrics;

import io.github.llmcache.tier.CacheBrowser;
import io.github.llmcache.tier.ServerMemory;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Gauges the memory of the Redis server that keeps the answers, in bytes, and counts the keys that it evicts for want of
 * memory.
 *
 * <p>Thread-safe. The server is asked at most once in 10 seconds, by one command of one thread; what others read meanwhile
 * is what it said before. A gauge is NaN where the server does not tell or does not answer, and never throws. The counter
 * then stays where it is. It begins with nothing when the server is first asked: what was evicted earlier is no news.
 */
public final class RedisMemoryMetrics implements MeterBinder {

    private static final Duration MAX_AGE = Duration.ofSeconds(10);

    private final CacheBrowser browser;
    private final LongSupplier nanoTime;
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile @Nullable Reading last;
    /** What the server said last of the keys that it has evicted, or -1; changed by the one thread that asks. */
    private long evictedBefore = -1;

    private final AtomicLong evicted = new AtomicLong();

    /**
     * Creates the gauges.
     *
     * @param browser asked for the memory
     */
    public RedisMemoryMetrics(CacheBrowser browser) {
        this(browser, System::nanoTime);
    }

    RedisMemoryMetrics(CacheBrowser browser, LongSupplier nanoTime) {
        this.browser = browser;
        this.nanoTime = nanoTime;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        gauge(
                registry,
                "llm.cache.redis.memory.used",
                "Memory in use by Redis, all it holds included",
                ServerMemory::used);
        gauge(
                registry,
                "llm.cache.redis.memory.max",
                "The most memory that Redis may use, 0 where it has no limit",
                ServerMemory::max);
        // The gauges keep this from being forgotten.
        FunctionCounter.builder("llm.cache.redis.evicted.keys", this, RedisMemoryMetrics::evicted)
                .description("Keys that Redis has evicted because its memory was full, of all it holds")
                .register(registry);
    }

    private void gauge(MeterRegistry registry, String name, String description, ToDoubleFunction<ServerMemory> value) {
        Gauge.builder(name, this, metrics -> metrics.read(value))
                .description(description)
                .baseUnit("bytes")
                // Whoever binds this need not keep it.
                .strongReference(true)
                .register(registry);
    }

    private double read(ToDoubleFunction<ServerMemory> value) {
        ServerMemory memory = memory();
        return memory == null ? Double.NaN : value.applyAsDouble(memory);
    }

    private double evicted() {
        memory();
        return evicted.get();
    }

    private @Nullable ServerMemory memory() {
        if (isOld(last) && asking.compareAndSet(false, true)) {
            try {
                // Another thread may have asked between the two conditions.
                if (isOld(last)) {
                    ServerMemory memory = ask();
                    if (memory != null) {
                        count(memory.evictedKeys());
                    }
                    last = new Reading(memory, nanoTime.getAsLong());
                }
            } finally {
                asking.set(false);
            }
        }
        Reading reading = last;
        return reading == null ? null : reading.memory();
    }

    private void count(long now) {
        // Less than before: another server, or the same started anew. What it evicted before is not known.
        if (evictedBefore >= 0 && now > evictedBefore) {
            evicted.addAndGet(now - evictedBefore);
        }
        evictedBefore = now;
    }

    private boolean isOld(@Nullable Reading reading) {
        return reading == null || nanoTime.getAsLong() - reading.at() >= MAX_AGE.toNanos();
    }

    private @Nullable ServerMemory ask() {
        try {
            return browser.memory().orElse(null);
        } catch (RuntimeException ex) {
            // A server that is gone has no known memory; the tier itself says that it is gone.
            return null;
        }
    }

    private record Reading(@Nullable ServerMemory memory, long at) {}
}
