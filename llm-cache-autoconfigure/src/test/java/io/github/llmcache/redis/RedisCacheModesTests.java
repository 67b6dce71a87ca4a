package io.github.llmcache.redis;

import static io.github.llmcache.redis.Applications.awaitHit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CacheMode;
import io.github.llmcache.engine.CacheModeSwitch;
import io.github.llmcache.engine.CacheModes;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.TierException;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;

/** Modes that are switched while applications run. */
@ExtendWith(OutputCaptureExtension.class)
class RedisCacheModesTests {

    private static final String KEY = "modes:llm-cache:mode";

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
    void what_one_application_switches_the_other_obeys_within_a_second(String client) {
        ApplicationContextRunner application =
                application().withPropertyValues("spring.data.redis.client-type=" + client);
        application.run(one -> application.run(other -> {
            switchTo(one, "faq", CacheMode.OFF);

            assertThat(mode(one, "faq")).isEqualTo(CacheMode.OFF);
            awaitMode(other, "faq", CacheMode.OFF);
            assertThat(mode(other, "prompt")).isEqualTo(CacheMode.ON);

            switchTo(other, "faq", null);
            assertThat(mode(other, "faq")).isEqualTo(CacheMode.ON);
            awaitMode(one, "faq", CacheMode.ON);
            assertThat(redis.commands().exists(KEY)).isZero();
        }));
    }

    @Test
    void a_switch_of_one_cache_comes_before_that_of_all_and_both_before_the_settings() {
        application()
                .withPropertyValues("llm-cache.mode=read-only", "llm-cache.caches.faq.mode=refresh")
                .run(context -> {
                    assertThat(mode(context, "faq")).isEqualTo(CacheMode.REFRESH);
                    assertThat(mode(context, "prompt")).isEqualTo(CacheMode.READ_ONLY);

                    switchTo(context, null, CacheMode.OFF);
                    assertThat(mode(context, "faq")).isEqualTo(CacheMode.OFF);
                    assertThat(mode(context, "prompt")).isEqualTo(CacheMode.OFF);

                    switchTo(context, "faq", CacheMode.ON);
                    assertThat(mode(context, "faq")).isEqualTo(CacheMode.ON);
                    assertThat(mode(context, "prompt")).isEqualTo(CacheMode.OFF);
                    assertThat(redis.commands().hgetall(KEY)).isEqualTo(Map.of("*", "off", "faq", "on"));

                    switchTo(context, null, null);
                    assertThat(mode(context, "faq")).isEqualTo(CacheMode.ON);
                    assertThat(mode(context, "prompt")).isEqualTo(CacheMode.READ_ONLY);
                });
    }

    @Test
    void an_application_that_starts_knows_the_modes_before_its_first_call() {
        redis.commands().hset(KEY, "*", "off");

        application().run(context -> assertThat(mode(context, "prompt")).isEqualTo(CacheMode.OFF));
    }

    @Test
    void a_cache_that_is_named_like_a_pattern_is_not_all_of_them() {
        application().run(context -> {
            switchTo(context, "*", CacheMode.OFF);

            assertThat(mode(context, "*")).isEqualTo(CacheMode.OFF);
            assertThat(mode(context, "prompt")).isEqualTo(CacheMode.ON);
            assertThat(context.getBean(CacheModeSwitch.class).switchedTo(null)).isNull();
        });
    }

    @Test
    void what_a_newer_release_may_say_is_not_obeyed() {
        application().run(context -> {
            redis.commands().hset(KEY, Map.of("prompt", "canary", "faq", "OFF"));

            awaitMode(context, "faq", CacheMode.OFF);
            assertThat(mode(context, "prompt")).isEqualTo(CacheMode.ON);
        });
    }

    @Test
    void the_modes_stay_while_redis_is_gone_and_follow_it_when_it_is_back() {
        try (RealRedis own = RealRedis.start()) {
            CacheApplication.on(own)
                    .withPropertyValues("llm-cache.key-prefix=modes:", "llm-cache.redis.timeout=250ms")
                    .run(context -> {
                        switchTo(context, "faq", CacheMode.OFF);

                        own.kill();
                        assertThatExceptionOfType(TierException.class)
                                .isThrownBy(() -> switchTo(context, "faq", CacheMode.REFRESH));
                        assertThat(mode(context, "faq")).isEqualTo(CacheMode.OFF);
                        await().during(Duration.ofMillis(1_200))
                                .atMost(Duration.ofSeconds(5))
                                .until(() -> mode(context, "faq") == CacheMode.OFF);

                        relaunch(own);
                        own.commands().hset(KEY, "faq", "read-only");
                        await().atMost(Duration.ofSeconds(10)).until(() -> mode(context, "faq") == CacheMode.READ_ONLY);
                    });
        }
    }

    @Test
    void a_server_that_is_frozen_at_the_start_delays_the_first_call_for_a_moment_only() {
        try (RealRedis own = RealRedis.start()) {
            own.pause();
            CacheApplication.on(own).run(context -> {
                try (RedisCacheModes modes = new RedisCacheModes(
                        context.getBean(CacheConnection.class),
                        context.getBean(RedisKeys.class),
                        context.getBean(CacheCatalog.class))) {
                    long began = System.nanoTime();
                    assertThat(modes.modeOf("faq")).isEqualTo(CacheMode.ON);
                    // The timeout of a command is five seconds here.
                    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(4));
                    long again = System.nanoTime();
                    assertThat(modes.modeOf("faq")).isEqualTo(CacheMode.ON);
                    assertThat(Duration.ofNanos(System.nanoTime() - again)).isLessThan(Duration.ofMillis(200));
                }
            });
        }
    }

    @Test
    void a_server_that_does_not_let_the_modes_be_read_is_told_once(CapturedOutput output) {
        redis.commands()
                .aclSetuser(
                        "modeless",
                        AclSetuserArgs.Builder.on()
                                .addPassword("secret")
                                .allKeys()
                                .allCommands()
                                .removeCommand(CommandType.HGETALL));

        application()
                .withPropertyValues("spring.data.redis.username=modeless", "spring.data.redis.password=secret")
                .run(context -> {
                    await().atMost(Duration.ofSeconds(5))
                            .until(() -> output.getOut().contains("does not let the modes of caches be read (denied)"));
                    assertThat(output.getOut()).contains("HGETALL", KEY);
                    await().during(Duration.ofMillis(1_200))
                            .atMost(Duration.ofSeconds(5))
                            .until(() -> output.getOut().split("does not let", -1).length == 2);
                    assertThat(mode(context, "faq")).isEqualTo(CacheMode.ON);
                });
    }

    @Test
    void a_cache_that_another_application_switches_off_answers_nobody() {
        ApplicationContextRunner application = Applications.on(redis).withPropertyValues("llm-cache.redis.timeout=5s");
        application.run(one -> application.run(other -> {
            Oracle oracle = other.getBean(Oracle.class);
            awaitHit(other, () -> oracle.ask("Why?"));

            switchTo(one, null, CacheMode.OFF);
            awaitMode(other, "prompt", CacheMode.OFF);
            RecordedEvents events = other.getBean(RecordedEvents.class);
            events.clear();
            oracle.ask("Why?");

            assertThat(events.outcomes()).containsExactly(CacheOutcome.BYPASS);
        }));
    }

    @Test
    void modes_of_the_user_come_first() {
        application().withBean(CacheModes.class, () -> cache -> CacheMode.OFF).run(context -> assertThat(context)
                .hasSingleBean(CacheModes.class)
                .doesNotHaveBean(RedisCacheModes.class)
                .doesNotHaveBean(CacheModeSwitch.class));
    }

    private static ApplicationContextRunner application() {
        return CacheApplication.on(redis).withPropertyValues("llm-cache.key-prefix=modes:");
    }

    private static void switchTo(ApplicationContext context, @Nullable String cache, @Nullable CacheMode mode) {
        context.getBean(CacheModeSwitch.class).switchTo(cache, mode);
    }

    private static CacheMode mode(ApplicationContext context, String cache) {
        return context.getBean(CacheModes.class).modeOf(cache);
    }

    private static void awaitMode(ApplicationContext context, String cache, CacheMode mode) {
        await().atMost(Duration.ofSeconds(1)).until(() -> mode(context, cache) == mode);
    }

    private static void relaunch(RealRedis redis) {
        try {
            redis.launch();
        } catch (IOException ex) {
            throw new AssertionError(ex);
        }
    }
}
