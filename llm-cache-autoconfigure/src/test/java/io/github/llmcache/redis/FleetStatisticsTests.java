package io.github.llmcache.redis;

import static io.github.llmcache.redis.Applications.awaitHit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.autoconfigure.langchain4j.LlmCacheLangChain4jAutoConfiguration;
import io.github.llmcache.event.CacheStatistics;
import io.github.llmcache.event.CostTotals;
import io.github.llmcache.event.FleetStatistics;
import io.github.llmcache.event.ModelCalls;
import io.github.llmcache.event.ModelCosts;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealCluster;
import io.github.llmcache.testing.RealRedis;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** What applications that share a Redis count together. */
class FleetStatisticsTests {

    private static final RealRedis redis = RealRedis.start();

    @BeforeEach
    void empty() {
        redis.commands().flushall();
        redis.commands().configResetstat();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void two_applications_count_each_of_their_concurrent_calls_once(String client) {
        Map<String, Long> expected = new HashMap<>();
        ApplicationContextRunner application = application()
                .withPropertyValues("llm-cache.stats.flush-interval=100ms", "spring.data.redis.client-type=" + client);
        application.run(one -> {
            application.run(other -> {
                ExecutorService threads = Executors.newFixedThreadPool(8);
                List<Future<?>> callers = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    Sage sage = (i % 2 == 0 ? one : other).getBean(Sage.class);
                    callers.add(threads.submit(() -> {
                        for (int call = 0; call < 100; call++) {
                            sage.ask("Question " + call % 7);
                        }
                    }));
                }
                for (Future<?> caller : callers) {
                    caller.get();
                }
                threads.shutdown();
                add(expected, other);
            });
            add(expected, one);
        });

        assertThat(read(redis)).isEqualTo(expected);
        long saved = expected.getOrDefault("hits", 0L) + expected.getOrDefault("coalesced", 0L);
        assertThat(saved + expected.getOrDefault("misses", 0L)).isEqualTo(800);
        assertThat(expected.get("cost-saved-nanos:sage")).isEqualTo(saved * 620_000);
        assertThat(expected.get("tokens-saved:output:sage")).isEqualTo(saved * 100);
    }

    @Test
    void a_hit_sends_nothing_more_and_the_end_of_the_application_sends_it_all() {
        application().withPropertyValues("llm-cache.stats.flush-interval=1h").run(context -> {
            Sage sage = context.getBean(Sage.class);
            awaitHit(context, () -> sage.ask("Why?"));
            long hits = context.getBean(CacheStatistics.class).of("prompt").hits();
            Map<String, Long> before = commands();

            for (int i = 0; i < 200; i++) {
                sage.ask("Why?");
            }

            Map<String, Long> after = commands();
            // Modes are read and connections are kept alive whether or not anybody asks.
            List.of("hgetall", "ping", "info").forEach(command -> {
                before.remove(command);
                after.remove(command);
            });
            before.merge("get", 200L, Long::sum);
            assertThat(after).isEqualTo(before).doesNotContainKey("hincrby");
            assertThat(context.getBean(CacheStatistics.class).of("prompt").hits())
                    .isEqualTo(hits + 200);
        });
        assertThat(read(redis).get("hits")).isGreaterThan(200);
    }

    @Test
    void the_sums_are_read_by_a_bean_with_tokens_money_and_time() {
        application().run(context -> {
            Sage sage = context.getBean(Sage.class);
            awaitHit(context, () -> sage.ask("Why?"));
            sage.free("Why not?");
            context.getBean(RedisStatisticsWriter.class).write().join();

            CacheStatistics.Snapshot own =
                    context.getBean(CacheStatistics.class).of("prompt");
            LocalDate today = LocalDate.now(ZoneOffset.UTC);
            CacheStatistics.Snapshot total = context.getBean(FleetStatistics.class)
                    .of("prompt", today.minusDays(1), today)
                    .total();
            assertThat(total.hits()).isEqualTo(own.hits());
            assertThat(total.models()).isEqualTo(own.models());
            ModelCalls ofAll = total.calls().getOrDefault("sage", ModelCalls.NONE);
            ModelCalls ofThis = own.calls().getOrDefault("sage", ModelCalls.NONE);
            assertThat(ofAll.hitsByTier()).isEqualTo(ofThis.hitsByTier()).isNotEmpty();
            assertThat(ofAll.misses()).isEqualTo(ofThis.misses());
            assertThat(total.meanLoadTimeOf("sage")).isPresent();
            assertThat(total.saved().cost())
                    .isEqualByComparingTo(new BigDecimal("0.00062").multiply(BigDecimal.valueOf(own.hits())));
            assertThat(total.models())
                    .containsEntry("free", new ModelCosts(CostTotals.NONE, CostTotals.of(10, 100, 0, 0, 1)));
            assertThat(total.estimatedTimeSaved().orElseThrow()).isPositive();
        });
    }

    @Test
    void where_it_is_switched_off_nothing_is_counted_together() {
        application().withPropertyValues("llm-cache.stats.enabled=false").run(context -> {
            Sage sage = context.getBean(Sage.class);
            awaitHit(context, () -> sage.ask("Why?"));
            assertThat(context).doesNotHaveBean(RedisStatisticsWriter.class).doesNotHaveBean(FleetStatistics.class);
        });
        assertThat(redis.commands().keys("*stats*")).isEmpty();
    }

    @Test
    void an_interval_or_a_time_to_keep_that_can_t_work_is_refused() {
        for (String wrong : List.of("flush-interval=0s", "flush-interval=2d", "retention=1h", "retention=9999d")) {
            application().withPropertyValues("llm-cache.stats." + wrong).run(context -> assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("llm-cache.stats." + wrong.substring(0, wrong.indexOf('='))));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void a_cluster_keeps_the_sums_wherever_they_lie(String client) {
        try (RealCluster cluster = RealCluster.start()) {
            for (String prefix : List.of("", "shop:", "{shop}:")) {
                application()
                        .withPropertyValues(
                                cluster.property(),
                                "llm-cache.key-prefix=" + prefix,
                                "llm-cache.caches.faq.ttl=1h",
                                "spring.data.redis.client-type=" + client)
                        .run(context -> {
                            Sage sage = context.getBean(Sage.class);
                            awaitHit(context, () -> sage.ask("Why?"));
                            context.getBean(RedisStatisticsWriter.class).write().join();

                            LocalDate today = LocalDate.now(ZoneOffset.UTC);
                            assertThat(context.getBean(FleetStatistics.class)
                                            .of("prompt", today.minusDays(3), today)
                                            .total()
                                            .hits())
                                    .isEqualTo(context.getBean(CacheStatistics.class)
                                            .of("prompt")
                                            .hits());
                        });
            }
        }
    }

    private static ApplicationContextRunner application() {
        return CacheApplication.on(redis)
                .withConfiguration(AutoConfigurations.of(LlmCacheLangChain4jAutoConfiguration.class))
                .withBean(Sage.class)
                .withPropertyValues("llm-cache.models.sage.input-price=2", "llm-cache.models.sage.output-price=6");
    }

    private static void add(Map<String, Long> sums, ApplicationContext context) {
        StatisticsFields.of(context.getBean(CacheStatistics.class).of("prompt")).forEach((field, count) -> {
            if (!field.contains("load-millis")) {
                sums.merge(field, count, Long::sum);
            }
        });
    }

    private static Map<String, Long> read(RealRedis redis) {
        Map<String, Long> sums = new HashMap<>();
        redis.commands()
                .keys("llm-cache:stats:prompt:*")
                .forEach(key -> redis.commands().hgetall(key).forEach((field, count) -> {
                    if (!field.contains("load-millis")) {
                        sums.merge(field, Long.valueOf(count), Long::sum);
                    }
                }));
        return sums;
    }

    private static Map<String, Long> commands() {
        Map<String, Long> calls = new HashMap<>();
        Matcher command = Pattern.compile("cmdstat_([a-z|]+):calls=(\\d+)")
                .matcher(redis.commands().info("commandstats"));
        while (command.find()) {
            calls.put(command.group(1), Long.valueOf(command.group(2)));
        }
        return calls;
    }

    static class Sage {

        @CachedPrompt(model = "sage")
        public Response<String> ask(String question) {
            return Response.from("because of " + question, new TokenUsage(10, 100));
        }

        @CachedPrompt(model = "free")
        public Response<String> free(String question) {
            try {
                Thread.sleep(Duration.ofMillis(1).toMillis());
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
            return Response.from("because of " + question, new TokenUsage(10, 100));
        }
    }
}
