package io.github.llmcache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealCluster;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.TcpProxy;
import io.github.llmcache.usage.dedup.DeduplicationUnavailableException;
import io.github.llmcache.usage.dedup.PromptDeduplicator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** Prompts that were seen before, by applications with real Redis servers. */
class RedisPromptDeduplicatorTests {

    private static final RealRedis redis = RealRedis.start();

    @AfterAll
    static void stop() {
        redis.close();
    }

    @BeforeEach
    void empty() {
        redis.commands().flushall();
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void a_prompt_is_seen_first_once_for_each_name_and_by_all_applications(String client) {
        application(redis, client).run(one -> application(redis, client).run(other -> {
            assertThat(of(one).firstSeen("import", "What is  a Transformer? ")).isTrue();
            assertThat(of(one).firstSeen("import", "what is a transformer?")).isFalse();
            assertThat(of(other).firstSeen("import", "What is a transformer?")).isFalse();
            assertThat(of(other).firstSeen("another", "What is a transformer?")).isTrue();
            assertThat(of(one).firstSeen("import", "What is a transformer")).isTrue();
            assertThat(of(one).firstSeen("a:b", "c")).isTrue();
            assertThat(of(one).firstSeen("a", "b:c")).isTrue();
        }));
        assertThat(redis.commands().keys("*"))
                .containsExactlyInAnyOrder("dedup:import", "dedup:another", "dedup:a%3Ab", "dedup:a");
        assertThat(redis.commands().smembers("dedup:import"))
                .hasSize(2)
                .allMatch(member -> member.matches("[A-Za-z0-9_-]{22}"));
    }

    @Test
    void of_a_batch_those_are_told_that_were_not_seen_in_their_order_and_once() {
        application(redis, "lettuce").run(context -> {
            PromptDeduplicator dedup = of(context);
            dedup.firstSeen("import", "seen");

            assertThat(dedup.unseen("import", List.of("z", "Seen", "A", "b", " a ", "z")))
                    .containsExactly("z", "A", "b");
            assertThat(dedup.unseen("import", List.of("z", "A", "b"))).isEmpty();
            assertThat(dedup.unseen("import", List.of())).isEmpty();
            List<String> many =
                    IntStream.range(0, 1_234).mapToObj(i -> "prompt " + i).toList();
            assertThat(dedup.unseen("many", many)).isEqualTo(many);
            assertThat(dedup.unseen("many", many)).isEmpty();
            assertThat(dedup.unseen("strange", List.of("\ud800", "\udfff", "?", "")))
                    .hasSize(4);
            assertThatIllegalArgumentException().isThrownBy(() -> dedup.firstSeen(" ", "why"));
        });
    }

    @Test
    void the_normalization_of_the_settings_counts() {
        application(redis, "lettuce")
                .withPropertyValues("llm-cache.normalization.lower-case=false", "llm-cache.enabled=false")
                .run(context -> assertThat(of(context).unseen("code", List.of("Why", "why", "why ")))
                        .containsExactly("Why", "why"));
    }

    @Test
    void of_those_who_ask_at_the_same_time_one_is_the_first() {
        application(redis, "lettuce").run(one -> application(redis, "jedis").run(other -> {
            List<String> prompts =
                    IntStream.range(0, 300).mapToObj(i -> "prompt " + i).toList();
            ExecutorService threads = Executors.newFixedThreadPool(4);
            List<String> first = new ArrayList<>();
            try {
                List<Future<List<String>>> asked = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    PromptDeduplicator dedup = of(i % 2 == 0 ? one : other);
                    asked.add(threads.submit(() -> prompts.stream()
                            .filter(prompt -> dedup.firstSeen("race", prompt))
                            .toList()));
                }
                for (Future<List<String>> answer : asked) {
                    first.addAll(answer.get());
                }
            } finally {
                threads.shutdownNow();
            }
            assertThat(first).containsExactlyInAnyOrderElementsOf(prompts);
        }));
    }

    @Test
    void the_window_begins_with_the_first_prompt_and_use_does_not_lengthen_it() {
        application(redis, "lettuce")
                .withPropertyValues("llm-cache.dedup.ttl=1h", "llm-cache.dedup.ttls.short=1s")
                .run(context -> {
                    PromptDeduplicator dedup = of(context);
                    dedup.firstSeen("long", "why");
                    assertThat(redis.commands().pttl("dedup:long")).isBetween(3_500_000L, 3_600_000L);
                    redis.commands().pexpire("dedup:long", 60_000);
                    dedup.firstSeen("long", "another");
                    assertThat(redis.commands().pttl("dedup:long")).isLessThanOrEqualTo(60_000);
                    redis.commands().persist("dedup:long");
                    dedup.firstSeen("long", "why");
                    assertThat(redis.commands().pttl("dedup:long")).isPositive();

                    assertThat(dedup.firstSeen("short", "why")).isTrue();
                    await().atMost(Duration.ofSeconds(3)).until(() -> dedup.firstSeen("short", "why"));
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void nobody_can_tell_while_redis_is_frozen_gone_or_holds_something_else(String client) throws Exception {
        try (RealRedis own = RealRedis.start()) {
            application(own, client)
                    .withPropertyValues("llm-cache.redis.timeout=250ms")
                    .run(context -> {
                        PromptDeduplicator dedup = of(context);
                        await().ignoreExceptions().until(() -> !dedup.firstSeen("import", "why"));
                        own.commands().set("dedup:other", "canary");
                        unavailable(dedup, "other", "wrong type");

                        own.pause();
                        long began = System.nanoTime();
                        unavailable(dedup, "import", "");
                        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
                        own.resume();
                        await().ignoreExceptions().until(() -> !dedup.firstSeen("import", "why"));

                        own.kill();
                        unavailable(dedup, "import", "");
                        own.launch();
                        await().atMost(Duration.ofSeconds(10))
                                .ignoreExceptions()
                                .until(() -> !dedup.firstSeen("import", "why"));
                    });
        }
    }

    /** The server has taken the prompt down, and its answer is lost: asked again on a new line, it would say that it was seen. */
    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void a_prompt_whose_answer_is_lost_with_the_line_is_not_told_to_be_seen(String client) {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (TcpProxy proxy = TcpProxy.before(redis.port())) {
            application(redis, client).withPropertyValues(proxy.properties()).run(context -> {
                PromptDeduplicator dedup = of(context);
                for (int i = 1; i <= 4; i++) {
                    long taken = i;
                    await().ignoreExceptions().until(() -> !dedup.firstSeen("warm", "why"));
                    proxy.delay(Duration.ofMillis(200));
                    Future<Boolean> first = thread.submit(() -> dedup.firstSeen("lost", "prompt " + taken));
                    await().pollInterval(Duration.ofMillis(5))
                            .until(() -> redis.commands().scard("dedup:lost") == taken);
                    proxy.halfClose();
                    proxy.delay(Duration.ZERO);
                    assertThat(first)
                            .failsWithin(Duration.ofSeconds(10))
                            .withThrowableThat()
                            .withCauseInstanceOf(DeduplicationUnavailableException.class);
                }
            });
        } finally {
            thread.shutdownNow();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void a_cluster_keeps_them_too(String client) {
        try (RealCluster cluster = RealCluster.start()) {
            application(cluster.nodes().get(0), client)
                    .withPropertyValues(cluster.property())
                    .run(context -> {
                        for (int i = 0; i < 12; i++) {
                            assertThat(of(context).unseen("name " + i, List.of("a", "b", "A")))
                                    .containsExactly("a", "b");
                            assertThat(of(context).firstSeen("name " + i, "b")).isFalse();
                        }
                    });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llm-cache.dedup.ttl=0s", "llm-cache.dedup.ttls.import=-1s"})
    void a_window_that_cannot_work_is_refused(String property) {
        application(redis, "lettuce").withPropertyValues(property).run(context -> assertThatExceptionOfType(
                        RuntimeException.class)
                .isThrownBy(() -> of(context))
                .havingRootCause()
                .withMessageContaining(property.substring(0, property.indexOf('='))));
    }

    private static void unavailable(PromptDeduplicator dedup, String name, String why) {
        assertThatExceptionOfType(DeduplicationUnavailableException.class)
                .isThrownBy(() -> dedup.firstSeen(name, "canary"))
                .withMessageContaining(why)
                .withMessageNotContaining("canary");
    }

    private static PromptDeduplicator of(ApplicationContext context) {
        return context.getBean(PromptDeduplicator.class);
    }

    private static ApplicationContextRunner application(RealRedis redis, String client) {
        return CacheApplication.on(redis).withPropertyValues("spring.data.redis.client-type=" + client);
    }
}
