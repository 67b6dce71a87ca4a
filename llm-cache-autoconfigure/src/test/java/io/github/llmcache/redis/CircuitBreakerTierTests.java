package io.github.llmcache.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llmcache.key.PromptKey;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.CacheTier;
import io.github.llmcache.tier.CircuitState;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.LeaseAttempt;
import io.github.llmcache.tier.TierException;
import io.github.llmcache.tier.TierLookup;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A tier that fails is left alone, tried again after a while, and asked again once it answers. */
@ExtendWith(OutputCaptureExtension.class)
class CircuitBreakerTierTests {

    private static final PromptKey KEY = new PromptKey("prompt", "digest", null);
    private static final CacheEntry ENTRY = new CacheEntry(
            "digest", Payload.of("1".getBytes(UTF_8)), Instant.EPOCH, Instant.EPOCH.plusSeconds(60), null, null, null);
    private static final TierLookup HIT = new TierLookup.Hit(ENTRY);
    private static final TierLookup NOT_ASKED = new TierLookup.Failure(FailureKind.CIRCUIT_OPEN);

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final RedisCircuit circuit = new RedisCircuit(
            new CircuitSettings(50, 20, 5, Duration.ofSeconds(1), 3), "redis.example:6379", nanos::get);
    private final ScriptedTier scripted = new ScriptedTier();
    private final CircuitBreakerTier tier = new CircuitBreakerTier(scripted, circuit);

    @Test
    void it_is_called_as_the_tier_behind_it() {
        assertThat(tier.name()).isEqualTo("scripted");
    }

    @Test
    void while_the_tier_answers_nothing_is_changed() {
        for (int i = 0; i < 50; i++) {
            assertThat(tier.lookup(KEY)).isSameAs(HIT);
        }
        tier.store(KEY, ENTRY, Duration.ofMinutes(1)).toCompletableFuture().join();

        assertThat(scripted.stores).hasValue(1);
        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
    }

    @Test
    void half_of_the_last_lookups_have_to_fail() {
        for (int i = 0; i < 40; i++) {
            scripted.answer(i % 5 > 2 ? failure(FailureKind.TIMEOUT) : HIT);
            tier.lookup(KEY);
        }
        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);

        lookUp(FailureKind.TIMEOUT, 8);
        assertThat(circuit.state()).isEqualTo(CircuitState.OPEN);
    }

    @ParameterizedTest
    @EnumSource(
            value = FailureKind.class,
            names = {"CONNECTION", "TIMEOUT", "OVERLOADED", "OTHER"})
    void a_tier_that_can_not_answer_is_left_alone(FailureKind kind) {
        assertThat(lookUp(kind, 5)).containsOnly(failure(kind));

        assertThat(circuit.state()).isEqualTo(CircuitState.OPEN);
        assertThat(lookUp(kind, 100)).containsOnly(NOT_ASKED);
        assertThat(scripted.lookups).hasValue(5);
    }

    @ParameterizedTest
    @EnumSource(
            value = FailureKind.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"CONNECTION", "TIMEOUT", "OVERLOADED", "OTHER"})
    void a_tier_that_answers_with_a_refusal_is_asked_on(FailureKind kind) {
        assertThat(lookUp(kind, 100)).containsOnly(failure(kind));

        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
        assertThat(scripted.lookups).hasValue(100);
    }

    @ParameterizedTest
    @EnumSource(
            value = FailureKind.class,
            names = {"INTERRUPTED", "CONNECTING"})
    void a_caller_that_did_not_wait_and_a_first_connection_count_neither_way(FailureKind kind) {
        lookUp(FailureKind.TIMEOUT, 4);
        lookUp(kind, 50);
        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);

        lookUp(FailureKind.TIMEOUT, 1);
        assertThat(circuit.state()).isEqualTo(CircuitState.OPEN);
    }

    @Test
    void writes_that_fail_do_not_keep_callers_from_reading() {
        scripted.refuseWrites(FailureKind.TIMEOUT);
        for (int i = 0; i < 100; i++) {
            assertThat(tier.lookup(KEY)).isSameAs(HIT);
            assertThat(storeFailure()).isEqualTo(FailureKind.TIMEOUT);
        }

        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
    }

    @Test
    void nothing_is_written_while_the_tier_is_left_alone() {
        lookUp(FailureKind.TIMEOUT, 5);

        assertThat(storeFailure()).isEqualTo(FailureKind.CIRCUIT_OPEN);
        assertThat(scripted.stores).hasValue(0);
    }

    @Test
    void lookups_without_blocking_count_as_others_do() {
        scripted.answer(failure(FailureKind.TIMEOUT));
        for (int i = 0; i < 5; i++) {
            tier.lookupAsync(KEY).toCompletableFuture().join();
        }
        assertThat(circuit.state()).isEqualTo(CircuitState.OPEN);
        assertThat(tier.lookupAsync(KEY)).isCompletedWithValue(NOT_ASKED);
        assertThat(scripted.lookups).hasValue(5);

        pass(Duration.ofMillis(1010));
        for (int i = 0; i < 10; i++) {
            scripted.answer(() -> {
                throw new StackOverflowError();
            });
            assertThatThrownBy(() -> tier.lookupAsync(KEY)).isInstanceOf(StackOverflowError.class);
        }
        scripted.answer(HIT);
        for (int i = 0; i < 3; i++) {
            assertThat(tier.lookupAsync(KEY)).isCompletedWithValue(HIT);
        }
        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
    }

    @Test
    void no_lease_is_given_and_none_is_stored_by_while_the_tier_is_left_alone() {
        LeaseAttempt.Granted before = (LeaseAttempt.Granted)
                tier.lease(KEY, true).toCompletableFuture().join();
        lookUp(FailureKind.TIMEOUT, 5);

        assertThat(tier.lease(KEY, true)).isCompletedWithValue(new LeaseAttempt.Failed(FailureKind.CIRCUIT_OPEN));
        assertThat(before.lease().store(ENTRY, Duration.ofMinutes(1))).isCompletedExceptionally();
        assertThat(scripted.stores).hasValue(0);
    }

    @Test
    void it_is_tried_again_only_after_the_wait_and_asked_by_all_when_the_probes_are_answered() {
        lookUp(FailureKind.TIMEOUT, 5);
        pass(Duration.ofMillis(990));
        scripted.answer(HIT);
        assertThat(tier.lookup(KEY)).isEqualTo(NOT_ASKED);

        pass(Duration.ofMillis(20));
        assertThat(tier.lookup(KEY)).isSameAs(HIT);
        assertThat(circuit.state()).isEqualTo(CircuitState.HALF_OPEN);
        tier.lookup(KEY);
        tier.lookup(KEY);
        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
    }

    @Test
    void each_outage_is_waited_for_no_longer_than_the_one_before() {
        lookUp(FailureKind.CONNECTION, 5);
        for (int round = 0; round < 50; round++) {
            pass(Duration.ofMillis(1010));
            assertThat(lookUp(FailureKind.CONNECTION, 10))
                    .filteredOn(NOT_ASKED::equals)
                    .hasSize(7);
            assertThat(circuit.state()).isEqualTo(CircuitState.OPEN);
        }
    }

    @Test
    void the_answer_of_an_answered_probe_is_kept_and_none_before() {
        lookUp(FailureKind.TIMEOUT, 5);
        pass(Duration.ofMillis(1010));
        lookUp(FailureKind.TIMEOUT, 1);
        assertThat(circuit.state()).isEqualTo(CircuitState.HALF_OPEN);
        assertThat(storeFailure()).isEqualTo(FailureKind.CIRCUIT_OPEN);

        scripted.answer(TierLookup.Miss.INSTANCE);
        tier.lookup(KEY);
        assertThat(circuit.state()).isEqualTo(CircuitState.HALF_OPEN);
        tier.store(KEY, ENTRY, Duration.ofMinutes(1)).toCompletableFuture().join();
        assertThat(scripted.stores).hasValue(1);
    }

    @Test
    void a_probe_that_is_interrupted_or_ends_with_an_error_leaves_its_place_to_another() {
        lookUp(FailureKind.TIMEOUT, 5);
        pass(Duration.ofMillis(1010));

        lookUp(FailureKind.INTERRUPTED, 10);
        for (int i = 0; i < 10; i++) {
            scripted.answer(() -> {
                throw new StackOverflowError();
            });
            assertThatThrownBy(() -> tier.lookup(KEY)).isInstanceOf(StackOverflowError.class);
        }
        scripted.answer(HIT);
        for (int i = 0; i < 3; i++) {
            assertThat(tier.lookup(KEY)).isSameAs(HIT);
        }
        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
    }

    @Test
    void of_a_thousand_callers_at_once_only_the_probes_ask_and_nobody_else_waits_for_them() throws Exception {
        lookUp(FailureKind.TIMEOUT, 5);
        scripted.lookups.set(0);
        pass(Duration.ofMillis(1010));
        CountDownLatch refused = new CountDownLatch(997);
        scripted.answer(() -> {
            // A probe ends after all others, so they can't have waited for it.
            assertThat(await(refused)).isTrue();
            return HIT;
        });
        ExecutorService threads = Executors.newFixedThreadPool(50);
        try {
            List<Future<TierLookup>> lookups = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                lookups.add(threads.submit(() -> {
                    TierLookup lookup = tier.lookup(KEY);
                    if (lookup.equals(NOT_ASKED)) {
                        refused.countDown();
                    }
                    return lookup;
                }));
            }
            List<TierLookup> done = new ArrayList<>();
            for (Future<TierLookup> lookup : lookups) {
                done.add(lookup.get(1, TimeUnit.MINUTES));
            }

            assertThat(done).filteredOn(HIT::equals).hasSize(3);
            assertThat(done).filteredOn(NOT_ASKED::equals).hasSize(997);
            assertThat(scripted.lookups).hasValue(3);
            assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void opening_and_closing_are_told_once_a_minute_however_often_they_come(CapturedOutput output) {
        for (int i = 0; i < 20; i++) {
            lookUp(FailureKind.TIMEOUT, 20);
            pass(Duration.ofMillis(1010));
            scripted.answer(HIT);
            for (int probe = 0; probe < 3; probe++) {
                tier.lookup(KEY);
            }
            assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
        }
        assertThat(told(output, "left alone")).hasSize(1);
        assertThat(told(output, "answers again")).hasSize(1);

        pass(Duration.ofMinutes(1));
        lookUp(FailureKind.TIMEOUT, 20);
        assertThat(told(output, "left alone")).hasSize(2).allMatch(line -> line.contains("redis.example:6379"));
        assertThat(RedisOutageTests.warnings(output)).isEmpty();
    }

    @Test
    void a_peek_neither_asks_while_the_circuit_is_open_nor_counts_for_it() {
        scripted.answer(failure(FailureKind.TIMEOUT));
        for (int i = 0; i < 20; i++) {
            assertThat(tier.peek(KEY)).isEqualTo(failure(FailureKind.TIMEOUT));
        }
        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);

        lookUp(FailureKind.TIMEOUT, 5);
        scripted.lookups.set(0);
        assertThat(tier.peek(KEY)).isEqualTo(NOT_ASKED);
        assertThat(scripted.lookups).hasValue(0);
    }

    private static List<String> told(CapturedOutput output, String what) {
        return output.getAll()
                .lines()
                .filter(line -> line.contains("INFO") && line.contains(what))
                .toList();
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static TierLookup failure(FailureKind kind) {
        return new TierLookup.Failure(kind);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private List<TierLookup> lookUp(FailureKind kind, int times) {
        scripted.answer(failure(kind));
        List<TierLookup> lookups = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            lookups.add(tier.lookup(KEY));
        }
        return lookups;
    }

    private FailureKind storeFailure() {
        return tier.store(KEY, ENTRY, Duration.ofMinutes(1))
                .toCompletableFuture()
                .handle((stored, failure) -> ((TierException) failure).kind())
                .join();
    }

    private static final class ScriptedTier implements CacheTier {

        private final AtomicInteger lookups = new AtomicInteger();
        private final AtomicInteger stores = new AtomicInteger();
        private volatile Supplier<TierLookup> script = () -> HIT;
        private CompletionStage<Void> stored = CompletableFuture.completedFuture(null);

        void answer(TierLookup lookup) {
            answer(() -> lookup);
        }

        void answer(Supplier<TierLookup> answer) {
            script = answer;
        }

        void refuseWrites(FailureKind kind) {
            stored = CompletableFuture.failedFuture(new TierException(kind, "no writes", null));
        }

        @Override
        public String name() {
            return "scripted";
        }

        @Override
        public TierLookup lookup(PromptKey key) {
            lookups.incrementAndGet();
            return script.get();
        }

        @Override
        public CompletionStage<Void> store(PromptKey key, CacheEntry entry, Duration ttl) {
            stores.incrementAndGet();
            return stored;
        }
    }
}
