package io.github.llmcache.near;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.key.PromptKey;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.testing.OwnThread;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.TierLookup;
import io.github.llmcache.tier.TierLookup.Hit;
import io.github.llmcache.tier.TierLookup.Miss;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the near tier keeps, serves and drops, with a clock that the tests move. */
class NearCacheTierTests {

    private static final PromptKey WHY = new PromptKey("prompt", "d".repeat(43), "why");

    private final AtomicLong nanos =
            new AtomicLong(Long.MAX_VALUE - Duration.ofMinutes(1).toNanos());
    private final NearCacheTier tier = new NearCacheTier(1 << 20, key -> key, nanos::get);

    @BeforeEach
    void trackedAndAlive() {
        tier.tracking(Set.of("prompt"));
        tier.alive(nanos.get());
    }

    @Test
    void a_fill_is_given_again_to_all_as_one_instance() {
        fill(WHY, Duration.ofMinutes(1));

        TierLookup first = tier.lookup(WHY);

        assertThat(first).isInstanceOf(Hit.class).isSameAs(tier.lookup(new PromptKey("prompt", WHY.digest(), null)));
        assertThat(tier.lookup(new PromptKey("faq", WHY.digest(), null))).isSameAs(Miss.INSTANCE);
        assertThat(tier.keeps("prompt")).isTrue();
        assertThat(tier.keeps("faq")).isFalse();
    }

    @Test
    void what_is_stored_is_not_kept_until_it_is_read_and_the_old_answer_is_dropped_at_once() {
        fill(WHY, Duration.ofMinutes(1));
        assertThat(tier.lookup(WHY)).isInstanceOf(Hit.class);

        tier.store(WHY, entry(WHY, 10), Duration.ofMinutes(1))
                .toCompletableFuture()
                .join();

        assertThat(tier.lookup(WHY)).isInstanceOf(Miss.class);
    }

    @Test
    void a_fill_that_began_before_an_invalidation_is_dropped() {
        for (Consumer<NearCacheTier> change : changes()) {
            TierLookup.Fill fill = fillOf(tier.lookup(WHY));
            change.accept(tier);
            fill.accept("prompt", new Hit(entry(WHY, 10), Duration.ofMinutes(1)));
            trackedAndAlive();

            assertThat(tier.lookup(WHY)).isInstanceOf(Miss.class);
        }
    }

    @Test
    void an_answer_is_dropped_whatever_invalidates_it() {
        for (Consumer<NearCacheTier> change : changes()) {
            fill(WHY, Duration.ofMinutes(1));
            change.accept(tier);
            trackedAndAlive();

            assertThat(tier.lookup(WHY)).isInstanceOf(Miss.class);
        }
    }

    private static Iterable<Consumer<NearCacheTier>> changes() {
        return Set.of(
                tier -> tier.invalidated(new PromptKey("prompt", WHY.digest(), null)),
                NearCacheTier::invalidatedAll,
                NearCacheTier::lost);
    }

    /** The fill has found the stamp unchanged and is about to keep the answer when the invalidation comes. */
    @Test
    void an_invalidation_waits_for_a_fill_that_is_under_way_and_takes_its_answer_away() throws Exception {
        CountDownLatch filling = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        ThreadLocal<Boolean> held = ThreadLocal.withInitial(() -> false);
        AtomicLong reads = new AtomicLong();
        // The time is read when the stamp was found unchanged, and before the new value can be seen.
        NearCacheTier slow = new NearCacheTier(1 << 20, key -> key, () -> {
            if (held.get() && reads.incrementAndGet() == 1) {
                filling.countDown();
                await(go);
            }
            return nanos.get();
        });
        slow.tracking(Set.of("prompt"));
        slow.alive(nanos.get());
        TierLookup.Fill fill = fillOf(slow.lookup(WHY));

        CompletableFuture<Void> filler = OwnThread.run(() -> {
            held.set(true);
            fill.accept("prompt", new Hit(entry(WHY, 10), Duration.ofMinutes(1)));
            held.set(false);
        });
        assertThat(filling.await(10, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Void> invalidation = OwnThread.run(() -> slow.invalidated(WHY));
        go.countDown();
        CompletableFuture.allOf(filler, invalidation).get(10, TimeUnit.SECONDS);

        assertThat(slow.lookup(WHY)).isInstanceOf(Miss.class);
    }

    @Test
    void fills_and_invalidations_that_race_never_leave_an_old_answer() throws Exception {
        AtomicLong version = new AtomicLong();
        for (int round = 0; round < 2_000; round++) {
            TierLookup lookup = tier.lookup(WHY);
            long read = version.get();
            CompletableFuture<Void> change = OwnThread.run(() -> {
                version.incrementAndGet();
                tier.invalidated(WHY);
            });
            if (lookup instanceof Miss miss) {
                Objects.requireNonNull(miss.fill())
                        .accept("prompt", new Hit(entry(WHY, 100 + (int) read), Duration.ofMinutes(1)));
            }
            change.get(10, TimeUnit.SECONDS);

            assertThat(tier.lookup(WHY)).isInstanceOf(Miss.class);
        }
    }

    @Test
    void the_time_to_live_counts_from_the_lookup_and_not_from_the_fill() {
        TierLookup.Fill fill = fillOf(tier.lookup(WHY));
        nanos.addAndGet(Duration.ofMillis(400).toNanos());
        fill.accept("prompt", new Hit(entry(WHY, 10), Duration.ofMillis(1000)));

        nanos.addAndGet(Duration.ofMillis(599).toNanos());
        assertThat(tier.lookup(WHY)).isInstanceOf(Hit.class);
        nanos.addAndGet(Duration.ofMillis(1).toNanos());
        assertThat(tier.lookup(WHY)).isInstanceOf(Miss.class);
    }

    @Test
    void an_answer_of_unknown_or_spent_time_to_live_is_not_kept() {
        fill(WHY, null);
        assertThat(tier.lookup(WHY)).isInstanceOf(Miss.class);
        fill(WHY, Duration.ZERO);
        assertThat(tier.lookup(WHY)).isInstanceOf(Miss.class);
        fill(WHY, Duration.ofSeconds(Long.MAX_VALUE / 2000));
        assertThat(tier.lookup(WHY)).isInstanceOf(Hit.class);
    }

    @Test
    void nothing_is_served_once_nothing_was_heard_for_the_settling_time_and_all_of_it_afterwards() {
        fill(WHY, Duration.ofMinutes(1));
        long lastHeard = nanos.get();

        nanos.set(lastHeard + NearCacheTier.SETTLING.toNanos() - 1);
        assertThat(tier.lookup(WHY)).isInstanceOf(Hit.class);
        nanos.set(lastHeard + NearCacheTier.SETTLING.toNanos());
        assertThat(tier.lookup(WHY)).isSameAs(Miss.INSTANCE);
        assertThat(tier.keeps("prompt")).isFalse();

        // An answer to what was asked long ago says nothing of now.
        tier.alive(lastHeard);
        assertThat(tier.lookup(WHY)).isSameAs(Miss.INSTANCE);
        tier.alive(nanos.get());
        assertThat(tier.lookup(WHY)).isInstanceOf(Hit.class);
    }

    @Test
    void a_tier_that_lost_its_connection_is_empty_and_off_until_changes_are_told_again() {
        fill(WHY, Duration.ofMinutes(1));

        tier.lost();
        assertThat(tier.lookup(WHY)).isSameAs(Miss.INSTANCE);
        tier.alive(nanos.get());
        assertThat(tier.lookup(WHY)).isSameAs(Miss.INSTANCE);
        tier.tracking(Set.of("prompt"));

        assertThat(tier.lookup(WHY)).isInstanceOf(Miss.class).isNotSameAs(Miss.INSTANCE);
    }

    @Test
    void a_shortened_key_finds_no_answer_to_another_question() {
        NearCacheTier shortening = new NearCacheTier(
                1 << 20, key -> new PromptKey(key.cache(), key.digest().substring(0, 22), null), nanos::get);
        shortening.tracking(Set.of("prompt"));
        shortening.alive(nanos.get());
        fillOf(shortening.lookup(WHY)).accept("prompt", new Hit(entry(WHY, 10), Duration.ofMinutes(1)));

        assertThat(shortening.lookup(WHY)).isInstanceOf(Hit.class);
        assertThat(shortening.lookup(new PromptKey("prompt", "d".repeat(42) + "x", null)))
                .isInstanceOf(Miss.class);
    }

    @Test
    void the_answers_take_no_more_memory_than_they_may() {
        NearCacheTier small = new NearCacheTier(100_000, key -> key, nanos::get);
        small.tracking(Set.of("prompt"));
        small.alive(nanos.get());

        for (int i = 0; i < 1000; i++) {
            PromptKey key = new PromptKey("prompt", String.format("%043d", i), "why " + i);
            fillOf(small.lookup(key)).accept("prompt", new Hit(entry(key, 1000), Duration.ofMinutes(1)));
            assertThat(small.weight()).isLessThanOrEqualTo(100_000);
        }
        assertThat(small.weight()).isGreaterThan(50_000);
        PromptKey large = new PromptKey("prompt", "l".repeat(43), null);
        fillOf(small.lookup(large)).accept("prompt", new Hit(entry(large, 200_000), Duration.ofMinutes(1)));
        assertThat(small.weight()).isLessThanOrEqualTo(100_000);
        assertThat(small.lookup(large)).isInstanceOf(Miss.class);
    }

    private void fill(PromptKey key, @Nullable Duration ttlLeft) {
        fillOf(tier.lookup(key)).accept(key.cache(), new Hit(entry(key, 10), ttlLeft));
    }

    private static TierLookup.Fill fillOf(TierLookup lookup) {
        return Objects.requireNonNull(((Miss) lookup).fill());
    }

    private static CacheEntry entry(PromptKey key, int length) {
        Instant now = Instant.now();
        Payload payload = Payload.of(("\"" + "x".repeat(length) + "\"").getBytes(StandardCharsets.UTF_8));
        return new CacheEntry(key.digest(), payload, now, now.plusSeconds(60), null, key.prompt(), null);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }
}
