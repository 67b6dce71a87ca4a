package io.github.llmcache.redis;

import static io.github.llmcache.redis.Applications.awaitHit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.autoconfigure.near.LlmCacheNearAutoConfiguration;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.event.BypassReason;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.model.ModelConfig;
import io.github.llmcache.model.ModelConfigRegistry;
import io.github.llmcache.model.ModelConfigs;
import io.github.llmcache.model.ModelPrices;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** What is registered of models in Redis, as applications follow it. */
@ExtendWith(OutputCaptureExtension.class)
class RedisModelConfigRegistryTests {

    private static final String KEY = "model:demo:config";
    private static final Duration SECOND = Duration.ofSeconds(1);

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
    void a_version_that_one_application_raises_makes_old_answers_unreachable_in_the_other_within_a_second(
            String client) {
        ApplicationContextRunner application = withNear().withPropertyValues("spring.data.redis.client-type=" + client);
        application.run(one -> application.run(other -> {
            Oracle oracle = other.getBean(Oracle.class);
            awaitHit(other, () -> oracle.ask("Why?"));
            if (client.equals("lettuce")) {
                await().until(() -> "near".equals(tierOf(other, "Why?")));
            }
            int before = oracle.calls();

            one.getBean(ModelConfigs.class).put(new ModelConfig("demo", "2"), null);
            assertThat(version(one, "demo")).isEqualTo("2");
            await().atMost(SECOND).until(() -> "2".equals(version(other, "demo")));

            assertThat(Applications.outcomeOf(other, () -> oracle.ask("Why?"))).isEqualTo(CacheOutcome.MISS);
            assertThat(oracle.calls()).isEqualTo(before + 1);
            awaitHit(other, () -> oracle.ask("Why?"));
            awaitHit(one, () -> one.getBean(Oracle.class).ask("Why?"));
        }));
    }

    @Test
    void what_is_written_by_hand_is_followed_and_what_is_left_out_is_as_the_settings_say() {
        application()
                .withPropertyValues(
                        "llm-cache.models.demo.version=1",
                        "llm-cache.models.demo.input-price=2",
                        "llm-cache.models.demo.output-price=0",
                        "llm-cache.models.demo.parameters.temperature=0",
                        "llm-cache.models.demo.parameters.style=plain")
                .run(context -> {
                    assertThat(version(context, "demo")).isEqualTo("1");

                    redis.commands().set(KEY, "{\"parameters\": {\"temperature\": 0.2, \"top-k\": 5}}");
                    await().atMost(SECOND).untilAsserted(() -> assertThat(find(context, "demo"))
                            .contains(new ModelConfig(
                                    "demo",
                                    "1",
                                    prices("2", "0"),
                                    Map.of("temperature", "0.2", "top-k", "5", "style", "plain"))));

                    redis.commands().set(KEY, "{\"version\": 7, \"outputPrice\": 3.5}");
                    await().atMost(SECOND).untilAsserted(() -> assertThat(find(context, "demo"))
                            .contains(new ModelConfig(
                                    "demo", "7", prices("0", "3.5"), Map.of("temperature", "0", "style", "plain"))));

                    redis.commands().del(KEY);
                    await().atMost(SECOND).until(() -> "1".equals(version(context, "demo")));
                });
    }

    @Test
    void an_application_that_starts_knows_its_models_before_its_first_call() {
        redis.commands().set(KEY, "{\"version\":\"5\"}");

        application().run(context -> {
            ModelConfigRegistry registry = context.getBean(ModelConfigRegistry.class);
            assertThat(registry.isKnown("demo")).isTrue();
            assertThat(version(context, "demo")).isEqualTo("5");
            Oracle oracle = context.getBean(Oracle.class);
            assertThat(Applications.outcomeOf(context, () -> oracle.ask("Why?")))
                    .isEqualTo(CacheOutcome.MISS);
        });
    }

    @Test
    void a_model_of_which_nobody_knew_is_known_soon_after_it_is_asked_for_first() {
        redis.commands().set("model:meta%3Allama:config", "{\"version\":\"5\"}");

        application().run(context -> {
            ModelConfigRegistry registry = context.getBean(ModelConfigRegistry.class);
            registry.isKnown("meta:llama");
            await().atMost(SECOND).until(() -> registry.isKnown("meta:llama"));
            assertThat(version(context, "meta:llama")).isEqualTo("5");
        });
    }

    @Test
    void calls_pass_the_cache_by_until_redis_was_read_and_all_stays_as_it_was_while_redis_is_gone_again() {
        try (RealRedis own = RealRedis.notStarted()) {
            application(own).withPropertyValues("llm-cache.redis.timeout=250ms").run(context -> {
                Oracle oracle = context.getBean(Oracle.class);
                for (int i = 0; i < 2; i++) {
                    assertThat(bypassOf(context, "Why?")).isEqualTo(BypassReason.MODEL_CONFIG);
                }
                assertThat(oracle.calls()).isEqualTo(2);

                launch(own);
                own.commands().set(KEY, "{\"version\":\"3\"}");
                await().atMost(Duration.ofSeconds(10)).until(() -> "3".equals(version(context, "demo")));
                awaitHit(context, () -> oracle.ask("Why?"));

                own.kill();
                await().during(Duration.ofMillis(1_200))
                        .atMost(Duration.ofSeconds(5))
                        .until(() -> "3".equals(version(context, "demo"))
                                && context.getBean(ModelConfigRegistry.class).isKnown("demo"));
                assertThat(bypassOf(context, "Why?")).isNull();

                launch(own);
                own.commands().set(KEY, "{\"version\":\"4\"}");
                await().atMost(Duration.ofSeconds(10)).until(() -> "4".equals(version(context, "demo")));
            });
        }
    }

    @Test
    void a_server_that_is_frozen_delays_the_start_for_a_moment_only_and_is_followed_when_it_goes_on() {
        try (RealRedis own = RealRedis.start()) {
            own.commands().set(KEY, "{\"version\":\"3\"}");
            own.pause();
            application(own).withPropertyValues("llm-cache.redis.timeout=250ms").run(context -> {
                CacheConnection connection = context.getBean(CacheConnection.class);
                try (RedisModelConfigRegistry registry = new RedisModelConfigRegistry(
                        connection, new RedisKeys(""), List.of(new ModelConfig("demo", "1")), List.of())) {
                    long began = System.nanoTime();
                    registry.afterSingletonsInstantiated();
                    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(2));
                    assertThat(registry.isKnown("demo")).isFalse();
                    assertThat(registry.find("demo")).contains(new ModelConfig("demo", "1"));

                    own.resume();
                    await().atMost(Duration.ofSeconds(10)).until(() -> registry.isKnown("demo"));
                    assertThat(registry.find("demo").map(ModelConfig::version)).contains("3");
                }
            });
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"version\":\"canary",
                "{\"verison\":\"canary\"}",
                "{\"v\":3,\"version\":\"canary\",\"more\":1}",
            })
    void what_cannot_be_read_is_told_once_and_what_was_known_holds(String value, CapturedOutput output) {
        redis.commands().set(KEY, "{\"version\":\"3\"}");
        application().run(context -> {
            assertThat(version(context, "demo")).isEqualTo("3");

            redis.commands().set(KEY, value);
            awaitWarning(output, "can't be read");
            await().during(Duration.ofMillis(600)).until(() -> output.getOut().split("can't be read", -1).length == 2);
            assertThat(version(context, "demo")).isEqualTo("3");
            assertThat(bypassOf(context, "Why?")).isNull();
            assertThat(redis.commands().get(KEY)).isEqualTo(value);

            redis.commands().set(KEY, "{\"version\":\"4\"}");
            await().atMost(SECOND).until(() -> "4".equals(version(context, "demo")));
        });
        assertThat(output.getOut()).contains(KEY).doesNotContain("canary");
    }

    @Test
    void a_key_of_another_type_is_no_configuration_and_keeps_calls_out_until_it_is_gone(CapturedOutput output) {
        redis.commands().hset(KEY, "version", "3");
        application().run(context -> {
            awaitWarning(output, "It is no string");
            assertThat(bypassOf(context, "Why?")).isEqualTo(BypassReason.MODEL_CONFIG);

            redis.commands().del(KEY);
            await().atMost(SECOND).until(() -> bypassOf(context, "Why?") == null);
        });
    }

    @Test
    void a_server_that_does_not_let_it_be_read_is_told_once(CapturedOutput output) {
        redis.commands()
                .aclSetuser(
                        "modelless",
                        AclSetuserArgs.Builder.on()
                                .addPassword("secret")
                                .allKeys()
                                .allCommands()
                                .removeCommand(CommandType.GET));

        application()
                .withPropertyValues("spring.data.redis.username=modelless", "spring.data.redis.password=secret")
                .run(context -> {
                    awaitWarning(output, "does not let the configuration of models be read");
                    await().during(Duration.ofMillis(1_200))
                            .until(() -> output.getOut().split("does not let the conf", -1).length == 2);
                    assertThat(bypassOf(context, "Why?")).isEqualTo(BypassReason.MODEL_CONFIG);
                });
    }

    @Test
    void a_model_that_may_not_be_read_keeps_no_other_from_being_read(CapturedOutput output) {
        redis.commands()
                .aclSetuser(
                        "reader",
                        AclSetuserArgs.Builder.on()
                                .addPassword("secret")
                                .keyPattern("model:demo:*")
                                .keyPattern("llm-cache:*")
                                .allCommands());
        redis.commands().set(KEY, "{\"version\": \"1\"}");
        application()
                .withPropertyValues(
                        "spring.data.redis.username=reader",
                        "spring.data.redis.password=secret",
                        "llm-cache.models.a.version=1",
                        "llm-cache.models.b.version=1",
                        "llm-cache.models.z.version=1")
                .run(context -> {
                    await().atMost(SECOND).until(() -> "1".equals(version(context, "demo")));
                    redis.commands().set(KEY, "{\"version\": \"2\"}");
                    await().atMost(SECOND).until(() -> "2".equals(version(context, "demo")));
                    redis.commands().set(KEY, "{\"version\": \"3\"}");
                    await().atMost(SECOND).until(() -> "3".equals(version(context, "demo")));

                    assertThat(context.getBean(ModelConfigRegistry.class).isKnown("a"))
                            .isFalse();
                    assertThat(output.getOut()
                                    .lines()
                                    .filter(line -> line.contains("does not let the configuration of models be read")))
                            .hasSize(1);
                });
    }

    @Test
    void names_without_end_are_not_followed_without_end(CapturedOutput output) {
        application().run(context -> {
            ModelConfigRegistry registry = context.getBean(ModelConfigRegistry.class);
            for (int i = 0; i < 1_100; i++) {
                registry.find("model " + i);
            }
            await().atMost(Duration.ofSeconds(5)).until(() -> registry.isKnown("model 900"));
            assertThat(registry.isKnown("model 1099")).isFalse();
            assertThat(registry.isKnown("demo")).isTrue();
            assertThat(output.getOut().split("not all of them can be followed", -1))
                    .hasSize(2);
        });
    }

    @Test
    void without_being_asked_for_there_is_nothing_of_it() {
        Applications.on(redis).run(context -> {
            assertThat(context).doesNotHaveBean(RedisModelConfigRegistry.class).doesNotHaveBean(ModelConfigs.class);
            assertThat(context.getBean(ModelConfigRegistry.class).isKnown("demo"))
                    .isTrue();
            Oracle oracle = context.getBean(Oracle.class);
            assertThat(Applications.outcomeOf(context, () -> oracle.ask("Why?")))
                    .isEqualTo(CacheOutcome.MISS);
            assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().equals("llm-cache-models"));
        });
    }

    @Test
    void a_registry_of_the_user_comes_first() {
        application()
                .withBean(ModelConfigRegistry.class, () -> name -> Optional.empty())
                .run(context -> assertThat(context)
                        .hasSingleBean(ModelConfigRegistry.class)
                        .doesNotHaveBean(RedisModelConfigRegistry.class)
                        .doesNotHaveBean(ModelConfigs.class));
    }

    @Test
    void it_works_on_without_the_cache_and_where_beans_are_lazy() {
        redis.commands().set(KEY, "{\"version\":\"3\"}");
        CacheApplication.on(redis)
                .withPropertyValues(
                        "llm-cache.model-registry.enabled=true",
                        "llm-cache.enabled=false",
                        "llm-cache.models.demo.version=1")
                .run(context -> {
                    assertThat(version(context, "demo")).isEqualTo("3");
                    assertThat(context.getBean(ModelConfigs.class).all()).hasSize(1);
                });
    }

    @Test
    void it_lies_where_state_is_kept() {
        try (RealRedis state = RealRedis.start()) {
            state.commands().set(KEY, "{\"version\":\"3\"}");
            redis.commands().set(KEY, "{\"version\":\"2\"}");
            application()
                    .withBean("stateRedis", LettuceConnectionFactory.class, "127.0.0.1", state.port())
                    .withBean("answersRedis", LettuceConnectionFactory.class, "127.0.0.1", redis.port())
                    .withPropertyValues(
                            "llm-cache.redis.connection-factory=answersRedis",
                            "llm-cache.state.connection-factory=stateRedis")
                    .run(context -> {
                        assertThat(version(context, "demo")).isEqualTo("3");
                        Oracle oracle = context.getBean(Oracle.class);
                        awaitHit(context, () -> oracle.ask("Why?"));
                        assertThat(state.commands().keys("*")).containsExactly(KEY);
                    });
        }
    }

    private static ApplicationContextRunner application() {
        return application(redis);
    }

    private static ApplicationContextRunner application(RealRedis redis) {
        return Applications.on(redis).withPropertyValues("llm-cache.model-registry.enabled=true");
    }

    private static ApplicationContextRunner withNear() {
        return application().withConfiguration(AutoConfigurations.of(LlmCacheNearAutoConfiguration.class));
    }

    private static Optional<ModelConfig> find(ApplicationContext context, String name) {
        return context.getBean(ModelConfigRegistry.class).find(name);
    }

    private static @Nullable String version(ApplicationContext context, String name) {
        return find(context, name).map(ModelConfig::version).orElse(null);
    }

    private static ModelPrices prices(String input, String output) {
        return ModelPrices.perMillion(new BigDecimal(input), new BigDecimal(output));
    }

    private static @Nullable String tierOf(ApplicationContext context, String question) throws Exception {
        Oracle oracle = context.getBean(Oracle.class);
        return context.getBean(PromptCallObserver.class)
                .observe(() -> oracle.ask(question))
                .last()
                .orElseThrow()
                .tier();
    }

    private static @Nullable BypassReason bypassOf(ApplicationContext context, String question) throws Exception {
        Oracle oracle = context.getBean(Oracle.class);
        return context.getBean(PromptCallObserver.class)
                .observe(() -> oracle.ask(question))
                .last()
                .orElseThrow()
                .bypass();
    }

    private static void awaitWarning(CapturedOutput output, String text) {
        await().atMost(Duration.ofSeconds(5)).until(() -> output.getOut().contains(text));
    }

    private static void launch(RealRedis redis) {
        try {
            redis.launch();
        } catch (IOException ex) {
            throw new AssertionError(ex);
        }
    }
}
