package io.github.llmcache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.TcpProxy;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.LeaseAttempt;
import io.github.llmcache.tier.TierLookup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;

/** One JVM asks the model, and the others wait for it, with every kind of client. */
@ParameterizedClass
@MethodSource("io.github.llmcache.redis.Shelf#withClients")
class RedisLeaseTests {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(600);

    @Parameter(0)
    @SuppressWarnings("NullAway.Init") // set before each test
    private Clients client;

    @Parameter(1)
    @SuppressWarnings("NullAway.Init") // set before each test
    private Shelf shelf;

    private final RealRedis redis = RealRedis.shared();
    private final List<Jvm> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(Jvm::close);
    }

    @Test
    void one_of_two_jvms_is_granted_the_lease_and_the_other_is_told_at_once_that_the_answer_is_there() {
        Jvm one = jvm(LONG);
        Jvm other = jvm(LONG);
        LeaseAttempt.Granted granted = one.granted("why");
        LeaseAttempt.Held held = other.held("why");

        assertThat(granted.found()).isEqualTo(TierLookup.Miss.INSTANCE);
        assertThat(held.found()).isEqualTo(TierLookup.Miss.INSTANCE);
        assertThat(redis.commands().pttl(shelf.lease("why"))).isBetween(20_000L, 30_000L);
        assertThat(held.changed()).isNotDone();

        long began = System.nanoTime();
        assertThat(one.stores(granted, Jvm.entry("why"))).isTrue();
        Jvm.get(held.changed());

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(2));
        LeaseAttempt.Granted next = other.granted("why");
        assertThat(next.found()).isInstanceOfSatisfying(TierLookup.Hit.class, hit -> assertThat(
                        hit.entry().digest())
                .isEqualTo("why"));
        next.lease().release();
        assertThat(redis.commands().pttl(shelf.key("", "prompt", "why"))).isBetween(590_000L, 600_000L);
    }

    @Test
    void those_who_wait_are_told_at_once_that_the_lease_was_released() {
        Jvm one = jvm(LONG);
        Jvm other = jvm(LONG);
        LeaseAttempt.Granted granted = one.granted("why");
        LeaseAttempt.Held held = other.held("why");

        granted.lease().release();
        granted.lease().release();

        Jvm.get(held.changed());
        assertThat(other.attempt("why")).isInstanceOf(LeaseAttempt.Granted.class);
        assertThat(Jvm.get(granted.lease().store(Jvm.entry("why"), Jvm.TTL))).isFalse();
        assertThat(other.has("why")).isFalse();
    }

    @Test
    void a_lease_whose_grant_was_lost_with_the_line_keeps_nobody_waiting() {
        assumeTrue(client == Clients.LETTUCE, "the others have no line that breaks under all at once");
        try (TcpProxy line = TcpProxy.before(redis.port())) {
            Jvm one = new Jvm(client.factory(new RedisStandaloneConfiguration("127.0.0.1", line.port())), LONG, shelf);
            opened.add(one);
            Jvm other = jvm(LONG);
            one.granted("first").lease().release();
            int lost = 0;
            for (int i = 0; i < 20; i++) {
                String digest = "why " + i;
                await().until(() -> one.tier.lookup(Jvm.key(digest)) == TierLookup.Miss.INSTANCE);
                // What is asked arrives, and the answers to it are cut off.
                line.cutAfter(0);
                if (one.attempt(digest) instanceof LeaseAttempt.Failed) {
                    lost++;
                    await().atMost(Duration.ofSeconds(10))
                            .until(() -> other.attempt(digest) instanceof LeaseAttempt.Granted);
                }
            }
            assertThat(lost).isPositive();
        }
    }

    @Test
    void a_lease_is_renewed_as_long_as_the_model_answers() {
        Jvm one = jvm(Duration.ofMillis(1500));
        Jvm other = jvm(Duration.ofMillis(1500));
        LeaseAttempt.Granted granted = one.granted("why");

        await().during(Duration.ofSeconds(3))
                .atMost(Duration.ofSeconds(20))
                .until(() -> redis.commands().exists(shelf.lease("why")) == 1);
        assertThat(other.attempt("why")).isInstanceOf(LeaseAttempt.Held.class);
        assertThat(one.stores(granted, Jvm.entry("why"))).isTrue();
    }

    @Test
    void a_lease_is_not_renewed_for_ever_and_what_comes_after_it_is_not_stored() {
        Jvm one = new Jvm(factory(redis), SHORT, Duration.ofMillis(900), "", Duration.ofSeconds(3), shelf);
        opened.add(one);
        Jvm other = jvm(SHORT);
        LeaseAttempt.Granted granted = one.granted("why");
        Jvm.get(other.held("why").changed());

        await().atMost(Duration.ofSeconds(5)).until(() -> other.attempt("why") instanceof LeaseAttempt.Granted);

        assertThat(one.connection.threads().waiting()).isZero();
        assertThat(one.stores(granted, Jvm.entry("why"))).isFalse();
        assertThat(other.has("why")).isFalse();
    }

    @Test
    void a_holder_that_dies_frees_the_others_within_the_time_of_its_lease() {
        Jvm one = jvm(SHORT);
        Jvm other = jvm(SHORT);
        one.granted("why");
        LeaseAttempt.Held held = other.held("why");

        one.close();
        long began = System.nanoTime();
        Jvm.get(held.changed());

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(SHORT.plusSeconds(1));
        await().atMost(Duration.ofSeconds(2)).until(() -> other.attempt("why") instanceof LeaseAttempt.Granted);
    }

    @Test
    void a_holder_whose_lease_was_lost_stops_renewing_and_stores_nothing() {
        Jvm one = jvm(Duration.ofMillis(300));
        LeaseAttempt.Granted granted = one.granted("why");
        redis.commands().set(shelf.lease("why"), "another");

        await().until(() -> one.connection.threads().waiting() == 0);
        assertThat(one.stores(granted, Jvm.entry("why"))).isFalse();
        assertThat(redis.commands().get(shelf.lease("why"))).isEqualTo("another");
        assertThat(one.has("why")).isFalse();
    }

    @Test
    void nothing_is_left_of_those_who_wait_no_longer() {
        Jvm one = jvm(LONG);
        Jvm other = jvm(LONG);
        for (int i = 0; i < 200; i++) {
            LeaseAttempt.Granted granted = one.granted("why " + i);
            other.held("why " + i).changed().cancel(false);
            if (i % 2 == 0) {
                granted.lease().release();
            } else {
                assertThat(one.stores(granted, Jvm.entry("why " + i))).isTrue();
            }
        }

        assertThat(other.tier.landings().waiting()).isZero();
        assertThat(one.tier.landings().waiting()).isZero();
        await().until(() -> redis.commands().keys("llm-cache:lease:*").isEmpty());
        await().untilAsserted(() -> {
            assertThat(one.connection.threads().waiting()).isZero();
            assertThat(other.connection.threads().waiting()).isZero();
        });
    }

    @Test
    void a_shared_lease_keeps_nobody_waiting() {
        Jvm one = jvm(LONG);
        Jvm other = jvm(LONG);
        one.granted("why");

        LeaseAttempt.Granted shared = other.shared("why");

        assertThat(other.stores(shared, Jvm.entry("why"))).isTrue();
        assertThat(one.has("why")).isTrue();
    }

    @Test
    void a_shared_lease_tells_what_stands_there_as_a_lookup_does() {
        Jvm one = jvm(LONG);
        Jvm.get(one.tier.store(Jvm.key("why"), Jvm.entry("why"), Jvm.TTL));
        shelf.put(redis, "rubbish", "canary");
        shelf.put(redis, "newer", "{\"v\":2}");

        assertThat(one.shared("why").found()).isInstanceOf(TierLookup.Hit.class);
        assertThat(one.shared("how").found()).isEqualTo(TierLookup.Miss.INSTANCE);
        assertThat(one.shared("rubbish").found()).isEqualTo(new TierLookup.Failure(FailureKind.UNREADABLE));
        assertThat(one.shared("newer").found()).isEqualTo(new TierLookup.Failure(FailureKind.NEWER_FORMAT));
        shelf.putList(redis, "list");
        assertThat(one.shared("list").found()).isEqualTo(new TierLookup.Failure(FailureKind.WRONG_TYPE));
    }

    @Test
    void what_is_no_entry_is_told_as_a_lookup_tells_it() {
        Jvm one = jvm(LONG);
        shelf.put(redis, "rubbish", "canary");
        shelf.put(redis, "newer", "{\"v\":2}");

        assertThat(one.granted("rubbish").found()).isEqualTo(new TierLookup.Failure(FailureKind.UNREADABLE));
        assertThat(one.granted("newer").found()).isEqualTo(new TierLookup.Failure(FailureKind.NEWER_FORMAT));
        shelf.putList(redis, "list");
        assertThat(one.granted("list").found()).isEqualTo(new TierLookup.Failure(FailureKind.WRONG_TYPE));
        assertThat(one.stores(one.granted("rest"), Jvm.entry("rest"))).isTrue();
    }

    @Test
    void a_lookup_without_blocking_finds_what_a_lookup_finds_and_may_block_afterwards() {
        Jvm one = jvm(LONG);
        Jvm.get(one.tier.store(Jvm.key("why"), Jvm.entry("why"), Jvm.TTL));
        AtomicReference<String> thread = new AtomicReference<>("");

        assertThat(Jvm.get(one.tier.lookupAsync(Jvm.key("how")))).isEqualTo(TierLookup.Miss.INSTANCE);
        TierLookup nested = Jvm.get(one.tier.lookupAsync(Jvm.key("how")).thenApply(miss -> {
            thread.set(Thread.currentThread().getName());
            // Would never come on the thread that reads from the server.
            return Jvm.get(one.tier.lookupAsync(Jvm.key("why")));
        }));
        assertThat(nested).isInstanceOf(TierLookup.Hit.class);
        assertThat(thread.get()).doesNotContain("lettuce", "nioEventLoop");
        shelf.putList(redis, "list");
        assertThat(Jvm.get(one.tier.lookupAsync(Jvm.key("list"))))
                .isEqualTo(new TierLookup.Failure(FailureKind.WRONG_TYPE));
    }

    @Test
    void a_hundred_answers_that_wait_for_another_each_all_come() {
        Jvm one = jvm(LONG);
        List<CompletableFuture<TierLookup>> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add(one.tier
                    .lookupAsync(Jvm.key("how"))
                    .thenApply(miss -> Jvm.get(one.tier.lookupAsync(Jvm.key("why"))))
                    .toCompletableFuture());
        }

        all.forEach(lookup -> assertThat(Jvm.get(lookup)).isNotInstanceOf(TierLookup.Hit.class));
    }

    @Test
    void a_server_that_does_not_answer_fails_the_attempt_in_time_and_frees_the_lease_later() {
        try (RealRedis frozen = RealRedis.start();
                Jvm one = new Jvm(factory(frozen), LONG, Duration.ofMinutes(10), "", Duration.ofMillis(300), shelf)) {
            one.granted("warm").lease().release();
            frozen.pause();
            long began = System.nanoTime();

            assertThat(one.attempt("why")).isEqualTo(new LeaseAttempt.Failed(FailureKind.TIMEOUT));
            assertThat(Jvm.get(one.tier.lookupAsync(Jvm.key("why"))))
                    .isEqualTo(new TierLookup.Failure(FailureKind.TIMEOUT));
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
            frozen.resume();
            await().until(() -> one.attempt("how") instanceof LeaseAttempt.Granted);
        }
    }

    @Test
    void a_server_that_is_gone_fails_the_attempt_and_frees_who_waits() {
        try (RealRedis mortal = RealRedis.start();
                Jvm one = new Jvm(factory(mortal), SHORT, shelf);
                Jvm other = new Jvm(factory(mortal), SHORT, shelf)) {
            LeaseAttempt.Granted granted = one.granted("why");
            LeaseAttempt.Held held = other.held("why");

            mortal.kill();

            Jvm.get(held.changed());
            assertThat(other.attempt("why")).isInstanceOf(LeaseAttempt.Failed.class);
            assertThat(granted.lease().store(Jvm.entry("why"), Jvm.TTL).toCompletableFuture())
                    .failsWithin(Duration.ofSeconds(10));
        }
    }

    @Test
    void a_connection_that_is_closed_while_it_begins_to_listen_leaves_no_thread_behind() {
        assumeTrue(client == Clients.LETTUCE);
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        for (int i = 0; i < 40; i++) {
            // At another moment of the attempt each time.
            try (Jvm one = new Jvm(factory(redis), LONG, shelf)) {
                assertThat(one.has("why")).isFalse();
                one.tier.lease(Jvm.key("why"), true);
                long until = System.nanoTime() + i * 250_000L;
                while (System.nanoTime() - until < 0) {
                    Thread.onSpinWait();
                }
            }
        }

        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("llm-cache-answers") && !before.contains(thread)));
    }

    private Jvm jvm(Duration lease) {
        Jvm jvm = new Jvm(factory(redis), lease, shelf);
        opened.add(jvm);
        if (client == Clients.LETTUCE) {
            jvm.heard();
        }
        return jvm;
    }

    private RedisConnectionFactory factory(RealRedis server) {
        return client.factory(new RedisStandaloneConfiguration("127.0.0.1", server.port()));
    }
}
