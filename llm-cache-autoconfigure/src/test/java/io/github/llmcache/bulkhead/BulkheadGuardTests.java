package io.github.llmcache.bulkhead;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.engine.LoadGuard.Permit;
import io.github.llmcache.engine.LoadRefusedException;
import io.github.llmcache.engine.LoadRequest;
import io.github.llmcache.metrics.BulkheadMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BulkheadGuardTests {

    private static final LoadRequest BLOCKING = new LoadRequest("faq", "canary-model", "canary-user", true);
    private static final LoadRequest ASYNCHRONOUS = new LoadRequest("faq", "canary-model", "canary-user", false);

    @Test
    void no_more_calls_than_the_limit_ask_the_model_at_a_time() throws Exception {
        BulkheadGuard guard = new BulkheadGuard(3, Duration.ofSeconds(30));
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(12);
        try {
            List<Future<?>> calls = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                calls.add(threads.submit(() -> {
                    Permit permit = guard.ask(BLOCKING);
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    Thread.yield();
                    now.decrementAndGet();
                    permit.end();
                }));
            }
            for (Future<?> call : calls) {
                call.get();
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(most.get()).isBetween(1, 3);
        assertThat(guard.available()).isEqualTo(3);
    }

    @Test
    void a_call_past_the_limit_is_refused_and_told_what_to_set_and_nothing_of_whom() {
        BulkheadGuard guard = new BulkheadGuard(1, Duration.ZERO);
        guard.ask(BLOCKING);

        assertThatExceptionOfType(TooManyLoadsException.class)
                .isThrownBy(() -> guard.ask(BLOCKING))
                .isInstanceOf(LoadRefusedException.class)
                .withMessageContaining("1 calls already")
                .withMessageContaining("llm-cache.bulkhead.max-concurrent-calls")
                .withMessageContaining("llm-cache.bulkhead.max-wait")
                .satisfies(ex -> assertThat(ex.getMessage()).doesNotContain("canary"));
    }

    @Test
    void a_call_that_must_not_block_is_refused_at_once() {
        BulkheadGuard guard = new BulkheadGuard(1, Duration.ofMinutes(10));
        Permit permit = guard.ask(ASYNCHRONOUS);

        assertThatExceptionOfType(TooManyLoadsException.class).isThrownBy(() -> guard.ask(ASYNCHRONOUS));

        permit.end();
        guard.ask(ASYNCHRONOUS).end();
    }

    @Test
    void a_call_that_may_block_waits_for_its_turn_on_its_own_thread() throws Exception {
        BulkheadGuard guard = new BulkheadGuard(1, Duration.ofMinutes(10));
        Permit first = guard.ask(BLOCKING);
        CompletableFuture<Permit> second = new CompletableFuture<>();
        Thread waiting = new Thread(() -> second.complete(guard.ask(BLOCKING)));
        waiting.start();
        await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
        assertThat(second).isNotDone();

        first.end();

        second.get().end();
        assertThat(guard.available()).isEqualTo(1);
    }

    @Test
    void a_call_that_is_interrupted_while_it_waits_is_refused_and_stays_interrupted() {
        BulkheadGuard guard = new BulkheadGuard(1, Duration.ofMinutes(10));
        guard.ask(BLOCKING);

        Thread.currentThread().interrupt();
        assertThatExceptionOfType(TooManyLoadsException.class).isThrownBy(() -> guard.ask(BLOCKING));

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void a_permit_that_is_ended_twice_gives_back_one_turn() {
        BulkheadGuard guard = new BulkheadGuard(2, Duration.ZERO);
        Permit permit = guard.ask(BLOCKING);
        guard.ask(BLOCKING);

        permit.end();
        permit.end();

        assertThat(guard.available()).isEqualTo(1);
    }

    @Test
    void what_is_left_is_gauged() {
        BulkheadGuard guard = new BulkheadGuard(5, Duration.ZERO);
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new BulkheadMetrics(guard::available).bindTo(registry);

        guard.ask(BLOCKING);

        assertThat(registry.get("llm.cache.bulkhead.available").gauge().value()).isEqualTo(4);
    }

    @Test
    void values_that_can_not_work_are_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new BulkheadGuard(0, Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> new BulkheadGuard(1, Duration.ofMillis(-1)));
    }
}
