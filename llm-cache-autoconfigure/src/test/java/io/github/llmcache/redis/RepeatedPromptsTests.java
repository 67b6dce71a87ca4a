package io.github.llmcache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.event.AskedDigests;
import io.github.llmcache.event.AskedPrompts;
import io.github.llmcache.event.CacheStatistics;
import io.github.llmcache.event.DailyStatistics;
import io.github.llmcache.event.FleetStatistics;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealCluster;
import io.github.llmcache.testing.RealRedis;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;

/** How many prompts of a window were asked before in it, by whichever application. */
@ExtendWith(OutputCaptureExtension.class)
class RepeatedPromptsTests {

    private final RealRedis redis = RealRedis.shared();
    private final LocalDate today = LocalDate.now(ZoneOffset.UTC);

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void a_prompt_that_any_application_was_asked_before_is_a_repeat(String client) {
        ApplicationContextRunner application =
                application().withPropertyValues("spring.data.redis.client-type=" + client);
        application.run(one -> application.run(other -> {
            Oracle oracle = one.getBean(Oracle.class);
            oracle.ask("Why?");
            oracle.ask("  why? ");
            oracle.ask("How?");
            other.getBean(Oracle.class).ask("Why?");
            other.getBean(Oracle.class).ask("When?");
            write(one, other);

            AskedPrompts prompts = read(one, today, today).promptsInAll();
            assertThat(prompts).isEqualTo(new AskedPrompts(5, 3));
            assertThat(Objects.requireNonNull(prompts).repeated()).isEqualTo(2);
            assertThat(prompts.repeatRatio()).isEqualTo(0.4);
        }));
    }

    @Test
    void a_repeat_whose_answer_was_not_kept_is_one_too() {
        application().run(context -> {
            Oracle oracle = context.getBean(Oracle.class);
            for (int i = 0; i < 4; i++) {
                oracle.forget("Why?");
            }
            write(context);

            assertThat(read(context, today, today).promptsInAll()).isEqualTo(new AskedPrompts(4, 1));
        });
    }

    @Test
    void a_cache_that_is_switched_off_tells_what_it_could_save() {
        application().withPropertyValues("llm-cache.mode=off").run(context -> {
            context.getBean(Oracle.class).ask("Why?");
            context.getBean(Oracle.class).ask("Why?");
            write(context);

            assertThat(read(context, today, today).promptsInAll()).isEqualTo(new AskedPrompts(2, 1));
        });
    }

    @Test
    void a_call_without_a_key_is_none() {
        application().run(context -> {
            context.getBean(Oracle.class).secret("Why?");
            context.getBean(Oracle.class).secret("Why?");
            write(context);

            DailyStatistics read = read(context, today, today);
            assertThat(read.total().bypasses()).isEqualTo(2);
            assertThat(read.promptsInAll()).isNull();
        });
    }

    @Test
    void several_days_are_one_window_and_windows_of_their_own() {
        application().run(context -> {
            Oracle oracle = context.getBean(Oracle.class);
            oracle.ask("Why?");
            oracle.ask("Why?");
            write(context);
            // As if the same had been asked yesterday.
            String stats = "llm-cache:stats:prompt:";
            String prompts = "llm-cache:prompts:{prompt}:";
            LocalDate yesterday = today.minusDays(1);
            redis.commands().copy(stats + today, stats + yesterday);
            redis.commands().copy(prompts + today, prompts + yesterday);

            DailyStatistics read = read(context, today.minusDays(5), today);
            assertThat(read.prompts())
                    .containsOnlyKeys(yesterday, today)
                    .containsEntry(yesterday, new AskedPrompts(2, 1))
                    .containsEntry(today, new AskedPrompts(2, 1));
            assertThat(read.promptsInAll()).isEqualTo(new AskedPrompts(4, 1));
        });
    }

    @Test
    void more_days_than_redis_adds_up_quickly_are_not_taken_together() {
        application().run(context -> {
            context.getBean(Oracle.class).ask("Why?");
            write(context);
            for (int back = 1; back < 32; back++) {
                LocalDate day = today.minusDays(back);
                redis.commands().copy("llm-cache:stats:prompt:" + today, "llm-cache:stats:prompt:" + day);
                redis.commands().copy("llm-cache:prompts:{prompt}:" + today, "llm-cache:prompts:{prompt}:" + day);
            }

            assertThat(read(context, today.minusDays(30), today).promptsInAll()).isEqualTo(new AskedPrompts(31, 1));
            DailyStatistics more = read(context, today.minusDays(31), today);
            assertThat(more.promptsInAll()).isNull();
            assertThat(more.prompts()).hasSize(32);
        });
    }

    @Test
    void a_thousand_prompts_are_told_apart_within_what_the_estimate_promises() {
        application().run(context -> {
            AskedDigests asked = context.getBean(AskedDigests.class);
            Oracle oracle = context.getBean(Oracle.class);
            for (int i = 0; i < 1_000; i++) {
                oracle.ask("Question " + i);
                oracle.ask("Question " + i);
            }
            write(context);

            AskedPrompts prompts =
                    Objects.requireNonNull(read(context, today, today).promptsInAll());
            assertThat(prompts.asked()).isEqualTo(2_000);
            // Five standard errors, and the digests are random.
            assertThat(prompts.distinct()).isBetween(960L, 1_040L);
            assertThat(asked.take("prompt").digests()).isEmpty();
            assertThat(redis.commands().strlen("llm-cache:prompts:{prompt}:" + today))
                    .isLessThan(13_000);
        });
    }

    @Test
    void digests_are_kept_as_long_as_the_counts() {
        application().withPropertyValues("llm-cache.stats.retention=7d").run(context -> {
            context.getBean(Oracle.class).ask("Why?");
            write(context);

            assertThat(redis.commands().ttl("llm-cache:prompts:{prompt}:" + today))
                    .isBetween(
                            Duration.ofDays(7).minusMinutes(5).toSeconds(),
                            Duration.ofDays(7).toSeconds());
        });
    }

    @Test
    void what_redis_refuses_is_told_once_and_sent_again(CapturedOutput output) {
        application().run(context -> {
            String key = "llm-cache:prompts:{prompt}:" + today;
            redis.commands().set(key, "no estimate");
            Oracle oracle = context.getBean(Oracle.class);
            oracle.ask("Why?");
            oracle.elsewhere("Why?");
            write(context);
            oracle.ask("Why?");
            oracle.elsewhere("How?");
            write(context);

            DailyStatistics without = read(context, today, today);
            assertThat(without.promptsInAll()).isNull();
            assertThat(without.total().misses()).isEqualTo(1);
            assertThat(output.getOut().lines().filter(line -> line.contains("llm-cache.stats.repeats=false")))
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains("WARN", key, "wrong_type");

            redis.commands().del(key);
            write(context);

            assertThat(read(context, today, today).promptsInAll()).isEqualTo(new AskedPrompts(2, 1));
        });
    }

    @Test
    void where_the_digests_are_gone_nothing_is_told_rather_than_too_much() {
        application().run(context -> {
            context.getBean(Oracle.class).ask("Why?");
            write(context);
            redis.commands().del("llm-cache:prompts:{prompt}:" + today);

            DailyStatistics read = read(context, today, today);
            assertThat(read.promptsInAll()).isNull();
            assertThat(read.prompts()).isEmpty();
            assertThat(read.total().misses()).isEqualTo(1);
        });
    }

    @Test
    void while_redis_is_paused_nothing_waits_and_afterwards_all_is_counted() {
        try (RealRedis paused = RealRedis.start()) {
            application(paused)
                    .withPropertyValues("llm-cache.stats.flush-interval=100ms")
                    .run(context -> {
                        Oracle oracle = context.getBean(Oracle.class);
                        oracle.ask("Why?");
                        await().until(() -> asked(context, 1));
                        paused.pause();
                        oracle.ask("Why?");
                        oracle.ask("How?");
                        paused.resume();

                        await().atMost(Duration.ofSeconds(20)).until(() -> asked(context, 3));
                        assertThat(read(context, today, today).promptsInAll()).isEqualTo(new AskedPrompts(3, 2));
                    });
        }
    }

    @Test
    void nothing_of_it_is_there_unless_it_is_asked_for() {
        CacheApplication.on(redis).withBean(Oracle.class).run(context -> {
            assertThat(context).doesNotHaveBean(AskedDigests.class);
            context.getBean(Oracle.class).ask("Why?");
            write(context);

            assertThat(read(context, today, today).promptsInAll()).isNull();
        });
        assertThat(redis.commands().keys("*prompts*")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void the_days_of_a_cluster_lie_together(String client) {
        try (RealCluster cluster = RealCluster.start()) {
            for (String prefix : List.of("", "shop:", "{shop}:")) {
                application()
                        .withPropertyValues(
                                cluster.property(),
                                "llm-cache.key-prefix=" + prefix,
                                "spring.data.redis.client-type=" + client)
                        .run(context -> {
                            RedisKeys keys = context.getBean(RedisKeys.class);
                            LocalDate yesterday = today.minusDays(1);
                            context.getBean(Oracle.class).ask("Why?");
                            RedisStatisticsWriter before = new RedisStatisticsWriter(
                                    context.getBean(CacheStatistics.class),
                                    context.getBean(AskedDigests.class),
                                    context.getBean(CacheConnection.class),
                                    keys,
                                    null,
                                    Duration.ofHours(1),
                                    Duration.ofDays(7),
                                    () -> Clock.systemUTC().instant().minus(Duration.ofDays(1)));
                            before.write().join();
                            before.close();
                            context.getBean(Oracle.class).ask("Why?");
                            context.getBean(Oracle.class).ask("How?");
                            write(context);

                            DailyStatistics read = read(context, yesterday, today);
                            assertThat(read.prompts())
                                    .containsEntry(yesterday, new AskedPrompts(1, 1))
                                    .containsEntry(today, new AskedPrompts(2, 2));
                            assertThat(read.promptsInAll()).isEqualTo(new AskedPrompts(3, 2));
                        });
            }
        }
    }

    private boolean asked(ApplicationContext context, long calls) {
        try {
            AskedPrompts prompts = read(context, today, today).promptsInAll();
            return prompts != null && prompts.asked() == calls;
        } catch (RuntimeException ex) {
            return false;
        }
    }

    private static DailyStatistics read(ApplicationContext context, LocalDate from, LocalDate to) {
        return context.getBean(FleetStatistics.class).of("prompt", from, to);
    }

    private static void write(ApplicationContext... contexts) {
        for (ApplicationContext context : contexts) {
            context.getBean(RedisStatisticsWriter.class).write().join();
        }
    }

    private ApplicationContextRunner application() {
        return application(redis);
    }

    private static ApplicationContextRunner application(RealRedis redis) {
        return CacheApplication.on(redis)
                .withBean(Oracle.class)
                .withPropertyValues("llm-cache.stats.repeats=true", "llm-cache.stats.flush-interval=1h");
    }

    static class Oracle {

        @CachedPrompt(model = "oracle")
        public String ask(String question) {
            return "because of " + question;
        }

        @CachedPrompt(cacheName = "elsewhere", model = "oracle")
        public String elsewhere(String question) {
            return "because of " + question;
        }

        @CachedPrompt(model = "oracle", condition = "false")
        public String secret(String question) {
            return "because of " + question;
        }

        @CachedPrompt(model = "oracle", unless = "true")
        public String forget(String question) {
            return "because of " + question;
        }
    }
}
