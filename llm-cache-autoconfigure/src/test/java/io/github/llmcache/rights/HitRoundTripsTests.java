package io.github.llmcache.rights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.autoconfigure.metrics.LlmCacheMetricsAutoConfiguration;
import io.github.llmcache.autoconfigure.near.LlmCacheNearAutoConfiguration;
import io.github.llmcache.autoconfigure.usage.LlmCacheUsageAutoConfiguration;
import io.github.llmcache.engine.LookupPreview.Finding;
import io.github.llmcache.engine.LookupPreview.State;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.model.ModelConfigRegistry;
import io.github.llmcache.operations.PromptCacheOperations;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.SentCommands;
import io.github.llmcache.usage.dedup.PromptDeduplicator;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** What a hit sends to Redis, with everything on that counts, limits or registers. */
class HitRoundTripsTests {

    private static final int HITS = 200;

    private static ApplicationContextRunner application(RealRedis redis) {
        return CacheApplication.on(redis)
                .withConfiguration(AutoConfigurations.of(
                        LlmCacheMetricsAutoConfiguration.class, LlmCacheUsageAutoConfiguration.class))
                .withBean(SimpleMeterRegistry.class)
                .withBean(Shop.class)
                .withPropertyValues(
                        "llm-cache.key-prefix=shop:",
                        "llm-cache.stats.flush-interval=100ms",
                        "llm-cache.stats.repeats=true",
                        "llm-cache.usage.limits.day.calls=1000",
                        "llm-cache.usage.limits.month.cost=10",
                        "llm-cache.models.gpt.input-price=1",
                        "llm-cache.models.gpt.output-price=1",
                        "llm-cache.model-registry.enabled=true");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void a_hit_in_redis_is_one_get_and_nothing_else(String client) {
        try (RealRedis redis = RealRedis.start()) {
            application(redis)
                    .withPropertyValues("spring.data.redis.client-type=" + client)
                    .run(context -> {
                        begin(context);
                        awaitTier(context, "redis");

                        List<String> sent = sentBy(redis, HITS, context, "redis");

                        assertThat(sent)
                                .hasSize(HITS)
                                .allMatch(command -> command.startsWith("\"GET\" \"shop:prompt:"));
                    });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void a_hit_in_a_hash_is_one_hget_and_nothing_else(String client) {
        try (RealRedis redis = RealRedis.start()) {
            application(redis)
                    .withConfiguration(AutoConfigurations.of(LlmCacheNearAutoConfiguration.class))
                    .withPropertyValues("spring.data.redis.client-type=" + client, "llm-cache.layout=hash")
                    .run(context -> {
                        begin(context);
                        awaitTier(context, "redis");

                        assertThat(sentBy(redis, HITS, context, "redis"))
                                .hasSize(HITS)
                                .allMatch(command -> command.startsWith("\"HGET\" \"shop:cache:gpt:prompt\""));
                    });
        }
    }

    @Test
    void a_hit_in_memory_sends_nothing() {
        try (RealRedis redis = RealRedis.start()) {
            application(redis)
                    .withConfiguration(AutoConfigurations.of(LlmCacheNearAutoConfiguration.class))
                    .run(context -> {
                        begin(context);
                        awaitTier(context, "near");

                        assertThat(sentBy(redis, HITS, context, "near")).isEmpty();
                    });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"string", "hash"})
    void an_explanation_reads_only_and_keeps_nothing_in_memory(String layout) {
        try (RealRedis redis = RealRedis.start()) {
            application(redis)
                    .withConfiguration(AutoConfigurations.of(LlmCacheNearAutoConfiguration.class))
                    .withPropertyValues("llm-cache.layout=" + layout, "llm-cache.stats.enabled=false")
                    .run(context -> {
                        begin(context);
                        Shop shop = context.getBean(Shop.class);
                        PromptCacheOperations operations = context.getBean(PromptCacheOperations.class);
                        shop.ask("Why?", "ada");
                        patiently()
                                .until(() -> operations
                                                .explain(() -> shop.ask("Why?", "ada"))
                                                .outcome()
                                        == CacheOutcome.HIT);
                        try (SentCommands sent = SentCommands.to(redis)) {
                            for (int i = 0; i < 5; i++) {
                                assertThat(operations
                                                .explain(() -> shop.ask("How?", "ada"))
                                                .because())
                                        .contains("differs in arguments");
                                assertThat(operations
                                                .explain(() -> shop.ask("Why?", "ada"))
                                                .findings())
                                        .extracting(Finding::tier, Finding::state)
                                        .containsExactly(tuple("near", State.NOT_FOUND), tuple("redis", State.FRESH));
                            }
                            assertThat(sent.commands().stream()
                                            .map(command -> command.substring(1, command.indexOf('"', 1))))
                                    .contains(layout.equals("hash") ? "HGET" : "GET")
                                    .isSubsetOf(
                                            "GET",
                                            "PTTL",
                                            "SCAN",
                                            "HGET",
                                            "HSCAN",
                                            "ZRANGEBYSCORE",
                                            "HGETALL",
                                            "ROLE",
                                            "PING",
                                            "CLIENT",
                                            "SUBSCRIBE");
                        }
                    });
        }
    }

    @Test
    void what_is_to_be_kept_in_memory_is_asked_for_its_time_in_the_same_round_trip() {
        try (RealRedis redis = RealRedis.start()) {
            application(redis)
                    .withConfiguration(AutoConfigurations.of(LlmCacheNearAutoConfiguration.class))
                    .run(context -> {
                        begin(context);
                        awaitTier(context, "near");
                        String key = redis.answers().stream()
                                .filter(answer -> answer.startsWith("shop:prompt:"))
                                .findFirst()
                                .orElseThrow();
                        try (SentCommands sent = SentCommands.to(redis)) {
                            // A change, of which the memory is told.
                            redis.commands().pexpire(key, 3_000_000);
                            awaitTier(context, "redis");

                            assertThat(sent.commands().stream()
                                            .filter(command -> command.contains(key) && !command.contains("PEXPIRE"))
                                            .map(command -> command.substring(0, command.indexOf(' '))))
                                    .containsExactly("\"PTTL\"", "\"GET\"");
                        }
                    });
        }
    }

    /** Waits until models are known, without asking for an answer. */
    private static void begin(ApplicationContext context) {
        ModelConfigRegistry models = context.getBean(ModelConfigRegistry.class);
        patiently().until(() -> models.isKnown("gpt"));
        context.getBean(PromptDeduplicator.class).firstSeen("mails", "one");
    }

    /** The commands that are sent while so many hits are served, without those that are sent in any case. */
    private static List<String> sentBy(RealRedis redis, int hits, ApplicationContext context, String tier) {
        try (SentCommands sent = SentCommands.to(redis)) {
            long began = System.nanoTime();
            for (int i = 0; i < hits; i++) {
                assertThat(tierOf(context)).contains(tier);
            }
            long halfSeconds = Duration.ofNanos(System.nanoTime() - began).toMillis() / 500 + 2;
            List<String> all = sent.commands();
            Function<String, Long> count = beginning -> all.stream()
                    .filter(command -> command.startsWith(beginning))
                    .count();
            // Twice a second, whatever is asked.
            assertThat(count.apply("\"HGETALL\" \"shop:llm-cache:mode\"")).isLessThanOrEqualTo(halfSeconds);
            assertThat(count.apply("\"GET\" \"shop:model:")).isLessThanOrEqualTo(halfSeconds);
            assertThat(count.apply("\"ROLE\"")).isLessThanOrEqualTo(halfSeconds);
            assertThat(count.apply("\"PING\"")).isLessThanOrEqualTo(halfSeconds);
            assertThat(all.stream()
                            .filter(command -> command.contains("shop:llm-cache:stats:")
                                    || command.contains("shop:llm-cache:prompts:"))
                            .count())
                    .as("at most ten a second, as this test wants it")
                    .isLessThanOrEqualTo(2 * 2 * 5 * halfSeconds);
            return all.stream()
                    .filter(command -> !command.startsWith("\"HGETALL\" \"shop:llm-cache:mode\"")
                            && !command.startsWith("\"GET\" \"shop:model:")
                            && !command.startsWith("\"ROLE\"")
                            && !command.startsWith("\"PING\"")
                            && !command.startsWith("\"SUBSCRIBE\"")
                            && !command.startsWith("\"CLIENT\"")
                            && !command.contains("shop:llm-cache:stats:")
                            && !command.contains("shop:llm-cache:prompts:"))
                    .collect(Collectors.toList());
        }
    }

    private static void awaitTier(ApplicationContext context, String tier) {
        patiently().until(() -> tierOf(context).equals(Optional.of(tier)));
    }

    private static Optional<String> tierOf(ApplicationContext context) {
        Shop shop = context.getBean(Shop.class);
        try {
            return context.getBean(PromptCallObserver.class)
                    .observe(() -> shop.ask("Why?", "ada"))
                    .last()
                    .filter(call -> call.outcome() == CacheOutcome.HIT)
                    .map(call -> String.valueOf(call.tier()));
        } catch (Exception ex) {
            throw new AssertionError(ex);
        }
    }

    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(20)).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(20));
    }
}
