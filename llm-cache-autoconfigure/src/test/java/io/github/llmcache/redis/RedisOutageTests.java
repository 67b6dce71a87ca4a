package io.github.llmcache.redis;

import static io.github.llmcache.redis.Applications.awaitHit;
import static io.github.llmcache.redis.Applications.outcomeOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.TierFailureEvent.Operation;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.TcpProxy;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierLookup;
import io.lettuce.core.KillArgs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisClientConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Redis dead, frozen or not there yet: calls go on, and the cache comes back by itself. */
@ExtendWith(OutputCaptureExtension.class)
class RedisOutageTests {

    private static final int CALLERS = 20;

    /** Twenty callers one after another would wait at least this long for a timeout of 250 ms. */
    private static final Duration FAR_TOO_LONG = Duration.ofMillis(CALLERS * 250);

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void a_server_that_is_killed_and_started_again_costs_hits_and_nothing_else(String client) throws Exception {
        try (RealRedis redis = RealRedis.start()) {
            Applications.on(redis)
                    .withPropertyValues("spring.data.redis.client-type=" + client)
                    .run(context -> {
                        Oracle oracle = context.getBean(Oracle.class);
                        RecordedEvents events = context.getBean(RecordedEvents.class);
                        awaitHit(context, () -> oracle.ask("Why?"));
                        events.clear();

                        redis.kill();
                        for (int i = 0; i < 5; i++) {
                            assertThat(oracle.ask("Why?")).isEqualTo(Oracle.answerTo("Why?"));
                        }
                        assertThat(events.outcomes()).hasSize(5).containsOnly(CacheOutcome.MISS);
                        assertThat(events.failures(Operation.LOOKUP))
                                .hasSize(5)
                                .startsWith(FailureKind.CONNECTION)
                                .isSubsetOf(FailureKind.CONNECTION, FailureKind.CIRCUIT_OPEN);
                        assertThat(events.failures(Operation.LEASE)).isEmpty();
                        assertThat(events.failures(Operation.STORE)).isEmpty();

                        redis.launch();
                        awaitHit(context, () -> oracle.ask("Why?"));
                    });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void a_frozen_server_keeps_no_caller_waiting_for_another(String client) throws Exception {
        try (RealRedis redis = RealRedis.start()) {
            Applications.on(redis)
                    .withPropertyValues("spring.data.redis.client-type=" + client, "llm-cache.redis.timeout=250ms")
                    .run(context -> {
                        Oracle oracle = context.getBean(Oracle.class);
                        RecordedEvents events = context.getBean(RecordedEvents.class);
                        awaitHit(context, () -> oracle.ask("Why 0"));
                        events.clear();

                        redis.pause();
                        List<Duration> waits = askAll(oracle);

                        assertThat(waits).hasSize(CALLERS).allMatch(wait -> wait.compareTo(FAR_TOO_LONG) < 0);
                        assertThat(events.outcomes()).hasSize(CALLERS).containsOnly(CacheOutcome.MISS);
                        assertThat(events.failures(Operation.LOOKUP))
                                .hasSize(CALLERS)
                                .contains(FailureKind.TIMEOUT)
                                .isSubsetOf(FailureKind.TIMEOUT, FailureKind.CIRCUIT_OPEN);
                        redis.resume();
                        awaitHit(context, () -> oracle.ask("Why 0"));
                    });
        }
    }

    @Test
    void a_caller_that_waits_for_a_pool_and_for_the_server_waits_no_longer_than_the_timeout() throws Exception {
        Duration timeout = Duration.ofSeconds(1);
        GenericObjectPoolConfig<Object> single = new GenericObjectPoolConfig<>();
        single.setMaxTotal(1);
        try (RealRedis redis = RealRedis.start();
                Jvm one = new Jvm(
                        new JedisConnectionFactory(
                                new RedisStandaloneConfiguration("127.0.0.1", redis.port()),
                                JedisClientConfiguration.builder()
                                        .usePooling()
                                        .poolConfig(single)
                                        .build()),
                        Duration.ofSeconds(5),
                        "",
                        timeout)) {
            await().until(() -> one.tier.lookup(Jvm.key("why")) == TierLookup.Miss.INSTANCE);
            redis.pause();
            List<CompletableFuture<Duration>> waits = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                CompletableFuture<Duration> wait = new CompletableFuture<>();
                new Thread(() -> {
                            long began = System.nanoTime();
                            TierLookup lookup = one.tier.lookup(Jvm.key("why"));
                            assertThat(lookup).isEqualTo(new TierLookup.Failure(FailureKind.TIMEOUT));
                            wait.complete(Duration.ofNanos(System.nanoTime() - began));
                        })
                        .start();
                waits.add(wait);
            }

            for (CompletableFuture<Duration> wait : waits) {
                assertThat(Jvm.get(wait)).isLessThan(timeout.multipliedBy(17).dividedBy(10));
            }
            redis.resume();
        }
    }

    @Test
    void a_server_that_is_frozen_when_the_application_starts_delays_neither_its_start_nor_its_calls() {
        try (RealRedis redis = RealRedis.start()) {
            redis.pause();
            Applications.on(redis)
                    .withPropertyValues("llm-cache.redis.timeout=250ms")
                    .run(context -> {
                        Oracle oracle = context.getBean(Oracle.class);

                        List<Duration> waits = askAll(oracle);

                        assertThat(waits).hasSize(CALLERS).allMatch(wait -> wait.compareTo(FAR_TOO_LONG) < 0);
                        redis.resume();
                        awaitHit(context, () -> oracle.ask("Why 0"));
                    });
        }
    }

    @Test
    void a_caller_that_is_interrupted_while_it_waits_goes_on_at_once_and_stays_interrupted() {
        try (RealRedis redis = RealRedis.start()) {
            Applications.on(redis)
                    .withPropertyValues("llm-cache.redis.timeout=30s")
                    .run(context -> {
                        Oracle oracle = context.getBean(Oracle.class);
                        awaitHit(context, () -> oracle.ask("Why?"));
                        redis.pause();

                        Thread.currentThread().interrupt();
                        long began = System.nanoTime();
                        String answer = oracle.ask("Why?");
                        boolean flag = Thread.interrupted();

                        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
                        assertThat(answer).isEqualTo(Oracle.answerTo("Why?"));
                        assertThat(flag).isTrue();
                        assertThat(context.getBean(RecordedEvents.class).failures(Operation.LOOKUP))
                                .containsExactly(FailureKind.INTERRUPTED);
                        redis.resume();
                        assertThat(outcomeOf(context, () -> oracle.ask("Why?"))).isEqualTo(CacheOutcome.HIT);
                    });
        }
    }

    @Test
    void an_application_starts_without_a_server_says_so_once_and_caches_when_it_comes(CapturedOutput output)
            throws Exception {
        try (RealRedis redis = RealRedis.notStarted()) {
            Applications.on(redis)
                    .withPropertyValues("llm-cache.redis.timeout=250ms")
                    .run(context -> {
                        assertThat(context).hasNotFailed();
                        Oracle oracle = context.getBean(Oracle.class);
                        RecordedEvents events = context.getBean(RecordedEvents.class);

                        for (int i = 0; i < 5; i++) {
                            assertThat(oracle.ask("Why?")).isEqualTo(Oracle.answerTo("Why?"));
                        }
                        assertThat(events.failures(Operation.LOOKUP)).hasSize(5).containsOnly(FailureKind.CONNECTION);

                        redis.launch();
                        awaitHit(context, () -> oracle.ask("Why?"));
                        assertThat(warnings(output))
                                .singleElement()
                                .asString()
                                .contains("Redis at 127.0.0.1:" + redis.port() + " can't be reached");
                    });
        }
    }

    @Test
    void a_server_that_ends_all_connections_is_connected_to_again() throws Exception {
        try (RealRedis redis = RealRedis.start()) {
            Applications.on(redis).run(context -> {
                Oracle oracle = context.getBean(Oracle.class);
                awaitHit(context, () -> oracle.ask("Why?"));

                for (int i = 0; i < 3; i++) {
                    assertThat(redis.commands()
                                    .clientKill(KillArgs.Builder.typeNormal().skipme()))
                            .isPositive();
                    assertThat(oracle.ask("Why?")).isEqualTo(Oracle.answerTo("Why?"));
                    awaitHit(context, () -> oracle.ask("Why?"));
                }
            });
        }
    }

    @Test
    void a_line_that_swallows_everything_is_given_up_for_a_new_one() {
        try (RealRedis redis = RealRedis.start();
                TcpProxy line = TcpProxy.before(redis.port())) {
            Applications.on(redis)
                    .withPropertyValues(line.properties())
                    .withPropertyValues("llm-cache.redis.timeout=250ms")
                    .run(context -> {
                        Oracle oracle = context.getBean(Oracle.class);
                        awaitHit(context, () -> oracle.ask("Why?"));

                        line.silence(true);
                        assertThat(oracle.ask("Why?")).isEqualTo(Oracle.answerTo("Why?"));
                        // What is sent on lines that were silent once is swallowed for ever.
                        line.silence(false);

                        awaitHit(context, () -> oracle.ask("Why?"));
                    });
        }
    }

    /** What a line swallows that is silent while nobody asks would be noticed by the next caller, who would wait in vain. */
    @Test
    void an_idle_line_that_has_gone_silent_is_replaced_before_anybody_asks() {
        Duration timeout = Duration.ofMillis(250);
        try (RealRedis redis = RealRedis.start();
                TcpProxy line = TcpProxy.before(redis.port());
                Jvm one = new Jvm(
                        new LettuceConnectionFactory(new RedisStandaloneConfiguration("127.0.0.1", line.port())),
                        Duration.ofSeconds(5),
                        "",
                        timeout)) {
            await().until(() -> one.tier.lookup(Jvm.key("why")) == TierLookup.Miss.INSTANCE);
            int before = line.opened();

            line.silence(true);
            line.silence(false);

            await().atMost(Duration.ofSeconds(20)).until(() -> line.opened() > before);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> one.tier.lookup(Jvm.key("why")) == TierLookup.Miss.INSTANCE);
        }
    }

    @Test
    void an_application_that_closes_while_nothing_answers_closes_soon() throws Exception {
        try (RealRedis redis = RealRedis.start()) {
            redis.pause();
            long[] closing = new long[1];
            Applications.on(redis)
                    .withPropertyValues("llm-cache.redis.timeout=250ms")
                    .run(context -> {
                        context.getBean(Oracle.class).ask("Why?");
                        closing[0] = System.nanoTime();
                    });

            assertThat(Duration.ofNanos(System.nanoTime() - closing[0])).isLessThan(Duration.ofSeconds(5));
        }
    }

    private static List<Duration> askAll(Oracle oracle) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<Duration>> waits = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                String question = "Why " + i;
                Callable<Duration> caller = () -> {
                    start.await();
                    long began = System.nanoTime();
                    assertThat(oracle.ask(question)).isEqualTo(Oracle.answerTo(question));
                    return Duration.ofNanos(System.nanoTime() - began);
                };
                waits.add(threads.submit(caller));
            }
            start.countDown();
            List<Duration> done = new ArrayList<>();
            for (Future<Duration> wait : waits) {
                done.add(wait.get());
            }
            return done;
        } finally {
            threads.shutdownNow();
        }
    }

    static List<String> warnings(CapturedOutput output) {
        return output.getAll()
                .lines()
                .filter(line -> line.contains("WARN") && line.contains("llmcache"))
                .toList();
    }
}
