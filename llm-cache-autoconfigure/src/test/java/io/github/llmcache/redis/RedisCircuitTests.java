package io.github.llmcache.redis;

import static io.github.llmcache.redis.Applications.awaitHit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.TierFailureEvent.Operation;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.CacheTier;
import io.github.llmcache.tier.Circuit;
import io.github.llmcache.tier.CircuitState;
import io.github.llmcache.tier.FailureKind;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.cache.RedisCacheManager;

/** A Redis that fails is left alone for a while, and a Redis that answers never is. */
class RedisCircuitTests {

    private static final int CALLS = 200;

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void a_frozen_server_costs_a_handful_of_callers_its_timeout_and_nobody_after_them(String client) {
        try (RealRedis redis = RealRedis.start()) {
            Applications.on(redis)
                    .withPropertyValues(
                            "spring.data.redis.client-type=" + client,
                            "llm-cache.redis.timeout=250ms",
                            "llm-cache.redis.circuit-breaker.wait-duration=10m")
                    .run(context -> {
                        Oracle oracle = context.getBean(Oracle.class);
                        RecordedEvents events = context.getBean(RecordedEvents.class);
                        awaitHit(context, () -> oracle.ask("Why?"));
                        events.clear();

                        redis.pause();
                        long began = System.nanoTime();
                        for (int i = 0; i < CALLS; i++) {
                            assertThat(oracle.ask("Why?")).isEqualTo(Oracle.answerTo("Why?"));
                        }

                        assertThat(Duration.ofNanos(System.nanoTime() - began))
                                .isLessThan(Duration.ofMillis(CALLS * 250 / 2));
                        assertThat(events.outcomes()).hasSize(CALLS).containsOnly(CacheOutcome.MISS);
                        List<FailureKind> failures = events.failures(Operation.LOOKUP);
                        assertThat(failures).hasSize(CALLS);
                        // At most a whole window, where the server had answered often before.
                        assertThat(failures.subList(20, CALLS)).containsOnly(FailureKind.CIRCUIT_OPEN);
                        assertThat(failures.subList(0, 2)).containsOnly(FailureKind.TIMEOUT);
                        redis.resume();
                    });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void hits_come_back_by_themselves_when_a_killed_server_is_there_again(String client) throws Exception {
        try (RealRedis redis = RealRedis.start()) {
            Applications.on(redis)
                    .withPropertyValues("spring.data.redis.client-type=" + client)
                    .run(context -> {
                        Oracle oracle = context.getBean(Oracle.class);
                        awaitHit(context, () -> oracle.ask("Why?"));

                        redis.kill();
                        awaitOpen(context);

                        redis.launch();
                        awaitHit(context, () -> oracle.ask("Why?"));
                        await().untilAsserted(() -> {
                            oracle.ask("Why?");
                            assertThat(stateIn(context)).isEqualTo(CircuitState.CLOSED);
                        });
                    });
        }
    }

    @Test
    void a_connection_that_stands_again_ends_the_wait() throws Exception {
        try (RealRedis redis = RealRedis.start()) {
            Applications.on(redis)
                    .withPropertyValues("llm-cache.redis.circuit-breaker.wait-duration=1h")
                    .run(context -> {
                        Oracle oracle = context.getBean(Oracle.class);
                        awaitHit(context, () -> oracle.ask("Why?"));
                        redis.kill();
                        awaitOpen(context);

                        redis.launch();

                        awaitHit(context, () -> oracle.ask("Why?"));
                    });
        }
    }

    @Test
    void a_thousand_callers_at_once_get_right_answers_while_the_server_comes_back() throws Exception {
        try (RealRedis redis = RealRedis.start()) {
            Applications.on(redis)
                    .withPropertyValues("llm-cache.redis.circuit-breaker.wait-duration=20ms")
                    .run(context -> {
                        Oracle oracle = context.getBean(Oracle.class);
                        awaitHit(context, () -> oracle.ask("Why?"));
                        redis.kill();
                        awaitOpen(context);
                        redis.launch();

                        ExecutorService threads = Executors.newFixedThreadPool(100);
                        try {
                            List<Future<String>> answers = new ArrayList<>();
                            for (int i = 0; i < 1000; i++) {
                                String question = "Why " + i;
                                answers.add(threads.submit(() -> oracle.ask(question)));
                            }
                            for (int i = 0; i < 1000; i++) {
                                assertThat(answers.get(i).get()).isEqualTo(Oracle.answerTo("Why " + i));
                            }
                        } finally {
                            threads.shutdownNow();
                        }
                        awaitHit(context, () -> oracle.ask("Why 0"));
                    });
        }
    }

    @Test
    void a_server_without_memory_is_asked_on() {
        try (RealRedis redis = RealRedis.start("--maxmemory", "1", "--maxmemory-policy", "noeviction")) {
            assertAskedOn(redis, FailureKind.OUT_OF_MEMORY);
        }
    }

    @Test
    void a_replica_is_asked_on() {
        try (RealRedis master = RealRedis.start();
                RealRedis replica = RealRedis.start()) {
            replica.commands().replicaof("127.0.0.1", master.port());
            assertAskedOn(replica, FailureKind.READ_ONLY);
        }
    }

    private static void assertAskedOn(RealRedis redis, FailureKind kind) {
        Applications.on(redis).run(context -> {
            RecordedEvents events = context.getBean(RecordedEvents.class);
            for (int i = 0; i < CALLS; i++) {
                context.getBean(Oracle.class).ask("Why " + i);
            }

            await().untilAsserted(() ->
                    assertThat(events.failures(Operation.LEASE)).hasSize(CALLS).containsOnly(kind));
            assertThat(events.failures(Operation.LOOKUP)).isEmpty();
            assertThat(stateIn(context)).isEqualTo(CircuitState.CLOSED);
        });
    }

    @Test
    void a_server_full_of_rubbish_is_asked_on() {
        try (RealRedis redis = RealRedis.start()) {
            Applications.on(redis).run(context -> {
                Oracle oracle = context.getBean(Oracle.class);
                RecordedEvents events = context.getBean(RecordedEvents.class);
                for (int i = 0; i < CALLS; i++) {
                    oracle.ask("Why " + i);
                }
                await().until(() -> redis.answers().size() == CALLS);
                redis.answers().forEach(key -> redis.commands().set(key, "rubbish"));
                events.clear();

                for (int i = 0; i < CALLS; i++) {
                    oracle.ask("Why " + i);
                }

                assertThat(events.failures(Operation.LOOKUP)).hasSize(CALLS).containsOnly(FailureKind.UNREADABLE);
                assertThat(stateIn(context)).isEqualTo(CircuitState.CLOSED);
                awaitHit(context, () -> oracle.ask("Why 0"));
            });
        }
    }

    @Test
    void switched_off_every_call_asks_redis() throws Exception {
        try (RealRedis redis = RealRedis.start()) {
            Applications.on(redis)
                    .withPropertyValues("llm-cache.redis.circuit-breaker.enabled=false")
                    .run(context -> {
                        assertThat(context)
                                .hasSingleBean(CacheTier.class)
                                .hasSingleBean(RedisCacheTier.class)
                                .doesNotHaveBean(Circuit.class);
                        Oracle oracle = context.getBean(Oracle.class);
                        awaitHit(context, () -> oracle.ask("Why?"));
                        RecordedEvents events = context.getBean(RecordedEvents.class);
                        events.clear();

                        redis.kill();
                        for (int i = 0; i < 50; i++) {
                            oracle.ask("Why?");
                        }

                        assertThat(events.failures(Operation.LOOKUP))
                                .hasSize(50)
                                .containsOnly(FailureKind.CONNECTION);
                    });
        }
    }

    @Test
    void nothing_of_the_library_behind_it_becomes_a_bean() {
        Applications.on(RealRedis.shared()).run(context -> {
            assertThat(context)
                    .hasSingleBean(CacheTier.class)
                    .hasSingleBean(CircuitBreakerTier.class)
                    .hasSingleBean(Circuit.class);
            assertThat(Stream.of(CircuitBreaker.class, CircuitBreakerRegistry.class))
                    .allSatisfy(type -> assertThat(context).doesNotHaveBean(type));
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnTier {

        @Bean
        RedisCacheTier mine(
                @Qualifier("llmCacheManager") RedisCacheManager caches,
                RedisKeys keys,
                CacheCatalog catalog,
                CacheConnection connection) {
            return new RedisCacheTier(caches, keys, catalog, connection, Duration.ofSeconds(5));
        }
    }

    @Test
    void a_tier_of_the_applications_own_replaces_it_and_its_circuit() {
        Applications.on(RealRedis.shared()).withUserConfiguration(OwnTier.class).run(context -> {
            assertThat(context).doesNotHaveBean(Circuit.class);
            assertThat(context).getBeanNames(CacheTier.class).containsExactly("mine");
            awaitHit(context, () -> context.getBean(Oracle.class).ask("Why?"));
        });
    }

    private static void awaitOpen(ApplicationContext context) {
        RecordedEvents events = context.getBean(RecordedEvents.class);
        await().untilAsserted(() -> {
            // More at once than a window has, so that some come before the wait has ended.
            for (int i = 0; i < 30; i++) {
                assertThat(context.getBean(Oracle.class).ask("Why?")).isEqualTo(Oracle.answerTo("Why?"));
            }
            assertThat(events.failures(Operation.LOOKUP)).contains(FailureKind.CIRCUIT_OPEN);
        });
    }

    private static CircuitState stateIn(ApplicationContext context) {
        return context.getBean(Circuit.class).state();
    }
}
