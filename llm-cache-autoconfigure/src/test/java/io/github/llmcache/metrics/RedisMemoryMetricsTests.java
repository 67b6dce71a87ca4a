package io.github.llmcache.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.testing.InMemoryCacheBrowser;
import io.github.llmcache.testing.OwnThread;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.ServerMemory;
import io.github.llmcache.tier.TierException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RedisMemoryMetricsTests {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicLong now = new AtomicLong();
    private final InMemoryCacheBrowser browser = new InMemoryCacheBrowser();
    private final AtomicInteger asked = new AtomicInteger();

    @BeforeEach
    void bind() {
        browser.tellMemory(() -> {
            asked.incrementAndGet();
            return Optional.of(new ServerMemory(1_000 + asked.get(), 4_096, "allkeys-lfu"));
        });
        new RedisMemoryMetrics(browser, now::get).bindTo(registry);
    }

    @Test
    void the_memory_is_gauged_in_bytes() {
        assertThat(gauge("used")).isEqualTo(1_001);
        assertThat(gauge("max")).isEqualTo(4_096);
        assertThat(registry.get("llm.cache.redis.memory.used").gauge().getId().getBaseUnit())
                .isEqualTo("bytes");
    }

    @Test
    void redis_is_asked_once_in_ten_seconds_for_both_gauges() {
        gauge("used");
        gauge("max");
        pass(Duration.ofMillis(9_999));
        assertThat(gauge("used")).isEqualTo(1_001);
        assertThat(asked).hasValue(1);

        pass(Duration.ofMillis(1));
        assertThat(gauge("used")).isEqualTo(1_002);
        assertThat(asked).hasValue(2);
    }

    @Test
    void evictions_are_counted_from_the_first_reading_on_by_the_same_command() {
        tellEvicted(700);
        assertThat(evicted()).isZero();
        assertThat(gauge("used")).isEqualTo(1_000);
        assertThat(asked).hasValue(1);

        pass(Duration.ofSeconds(10));
        tellEvicted(720);
        assertThat(evicted()).isEqualTo(20);
        pass(Duration.ofSeconds(10));
        tellEvicted(725);
        assertThat(evicted()).isEqualTo(25);
        assertThat(registry.get("llm.cache.redis.evicted.keys")
                        .functionCounter()
                        .getId()
                        .getTags())
                .isEmpty();
    }

    @Test
    void evictions_stay_where_they_are_while_redis_is_gone_or_started_anew_or_does_not_tell() {
        tellEvicted(700);
        evicted();
        pass(Duration.ofSeconds(10));
        tellEvicted(720);
        assertThat(evicted()).isEqualTo(20);

        pass(Duration.ofSeconds(10));
        browser.tellMemory(() -> {
            throw new TierException(FailureKind.CONNECTION, "gone", null);
        });
        assertThat(evicted()).isEqualTo(20);
        pass(Duration.ofSeconds(10));
        tellEvicted(3);
        assertThat(evicted()).isEqualTo(20);
        pass(Duration.ofSeconds(10));
        tellEvicted(5);
        assertThat(evicted()).isEqualTo(22);
        pass(Duration.ofSeconds(10));
        tellEvicted(-1);
        assertThat(evicted()).isEqualTo(22);
        pass(Duration.ofSeconds(10));
        tellEvicted(100);
        assertThat(evicted()).isEqualTo(22);
    }

    @Test
    void the_gauges_are_no_number_where_redis_does_not_tell() {
        browser.tellMemory(Optional::empty);

        assertThat(gauge("used")).isNaN();
        assertThat(gauge("max")).isNaN();
    }

    @Test
    void the_gauges_are_no_number_while_redis_is_gone_and_it_is_not_asked_more_often() {
        assertThat(gauge("used")).isEqualTo(1_001);
        pass(Duration.ofSeconds(10));
        browser.tellMemory(() -> {
            asked.incrementAndGet();
            throw new TierException(FailureKind.CONNECTION, "gone", null);
        });

        assertThat(gauge("used")).isNaN();
        assertThat(gauge("max")).isNaN();
        assertThat(asked).hasValue(2);
    }

    @Test
    @Timeout(10)
    void a_slow_redis_blocks_one_scrape_and_no_other() throws Exception {
        assertThat(gauge("used")).isEqualTo(1_001);
        pass(Duration.ofSeconds(10));
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        browser.tellMemory(() -> {
            begun.countDown();
            await(answer);
            return Optional.of(new ServerMemory(2_000, 4_096, null));
        });
        CompletableFuture<Double> slow = OwnThread.supply(() -> gauge("used"));
        await(begun);

        assertThat(gauge("used")).isEqualTo(1_001);
        assertThat(slow).isNotDone();

        answer.countDown();
        assertThat(slow.get(5, TimeUnit.SECONDS)).isEqualTo(2_000);
        assertThat(gauge("used")).isEqualTo(2_000);
    }

    private void tellEvicted(long keys) {
        browser.tellMemory(() -> {
            asked.incrementAndGet();
            return Optional.of(new ServerMemory(1_000, 4_096, "allkeys-lfu", keys));
        });
    }

    private double evicted() {
        return registry.get("llm.cache.redis.evicted.keys").functionCounter().count();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(5, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException ex) {
            throw new AssertionError(ex);
        }
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private double gauge(String name) {
        return registry.get("llm.cache.redis.memory." + name).gauge().value();
    }
}
