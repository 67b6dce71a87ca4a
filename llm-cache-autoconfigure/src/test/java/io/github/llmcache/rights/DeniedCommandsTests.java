package io.github.llmcache.rights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.autoconfigure.near.LlmCacheNearAutoConfiguration;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.operations.PromptCacheOperations;
import io.github.llmcache.redis.RedisStatisticsWriter;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.DocumentedRights;
import io.github.llmcache.testing.OwnThread;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.CacheBrowser;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;

/** What is denied is missed where it is used, is told in one warning, and nowhere else. */
@ExtendWith(OutputCaptureExtension.class)
class DeniedCommandsTests {

    private static final RealRedis redis = RealRedis.start();
    private static final DocumentedRights rights = DocumentedRights.read();

    private final ApplicationContextRunner application = CacheApplication.on(redis)
            .withBean(Shop.class)
            .withPropertyValues(
                    "spring.data.redis.username=" + DocumentedRights.USER,
                    "spring.data.redis.password=" + DocumentedRights.PASSWORD,
                    "llm-cache.key-prefix=" + DocumentedRights.PREFIX,
                    "llm-cache.stats.enabled=false");

    @BeforeEach
    void all_rights() {
        redis.commands().flushall();
        rights.grant(
                redis.commands(),
                rights.features().stream()
                        .filter(feature -> !Set.of("client-info", "cluster", "hash-expiry", "without-scripts")
                                .contains(feature))
                        .toList());
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @Test
    void no_feature_takes_config() {
        assertThat(rights.features()).allSatisfy(feature -> assertThat(rights.commandsOf(feature))
                .noneMatch(command -> command.startsWith("config") || command.startsWith("@")));
    }

    @Test
    void without_info_the_memory_of_the_server_is_not_told(CapturedOutput output) {
        deny("-info");
        application.run(context -> {
            assertServes(context);
            for (int i = 0; i < 3; i++) {
                assertThat(context.getBean(CacheBrowser.class).memory()).isEmpty();
            }
            assertServes(context);
        });
        assertThat(warnings(output)).singleElement().asString().contains("INFO");
    }

    @Test
    void without_scan_entries_are_not_listed_and_caches_not_emptied(CapturedOutput output) {
        deny("-scan");
        application.run(context -> {
            assertServes(context);
            CacheBrowser browser = context.getBean(CacheBrowser.class);
            PromptCacheOperations operations = context.getBean(PromptCacheOperations.class);
            for (int i = 0; i < 3; i++) {
                assertDenied(() -> browser.page("prompt", null, 10, null));
                assertDenied(() -> browser.count("prompt", Duration.ofSeconds(1)));
                assertDenied(() -> operations.evictAll("prompt"));
            }
            // These take an index or a key.
            assertThat(operations.evictByTag("prompt", "why")).isEqualTo(1);
            assertServes(context);
        });
        assertThat(warnings(output)).singleElement().asString().contains("SCAN");
    }

    @ParameterizedTest
    @CsvSource({
        "lettuce, string, -scan, Allow the commands SCAN and UNLINK in the ACL",
        "lettuce, hash, -scan, Allow the commands SCAN and UNLINK in the ACL",
        "jedis, string, -scan, Allow the commands SCAN and UNLINK in the ACL",
        "lettuce, string, -unlink, Allow the command UNLINK in the ACL",
        "lettuce, hash, -hlen, Allow the command HLEN in the ACL",
    })
    void an_annotated_eviction_that_is_denied_names_what_to_allow_and_works_once_it_is_allowed(
            String client, String layout, String denial, String remedy, CapturedOutput output) {
        application
                .withPropertyValues("spring.data.redis.client-type=" + client, "llm-cache.layout=" + layout)
                .run(context -> {
                    assertServes(context);
                    deny(denial);
                    Shop shop = context.getBean(Shop.class);
                    for (int i = 0; i < 3; i++) {
                        shop.change();
                    }
                    assertThat(evictionWarnings(output))
                            .singleElement()
                            .asString()
                            .contains("cache 'prompt'", remedy, "tried again");

                    deny(denial.replace('-', '+'));
                    patiently().until(() -> context.getBean(PromptCacheOperations.class)
                            .lookUp(() -> shop.ask("Why?", "ada"))
                            .isEmpty());
                });
        assertThat(evictionWarnings(output)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"string", "hash"})
    void without_scan_who_evicts_a_cache_or_forgets_a_user_is_told_what_to_allow(String layout) {
        application.withPropertyValues("llm-cache.layout=" + layout).run(context -> {
            assertServes(context);
            deny("-scan");
            PromptCacheOperations operations = context.getBean(PromptCacheOperations.class);
            assertThatExceptionOfType(TierException.class)
                    .isThrownBy(() -> operations.evictAll("prompt"))
                    .withMessageContaining("Allow the commands SCAN and UNLINK");
            // Who waits for an answer of the model is looked for there.
            if (layout.equals("hash")) {
                assertDenied(() -> operations.evictByModel("prompt", "gpt"));
            } else {
                assertThat(operations.evictByModel("prompt", "gpt")).isEqualTo(1);
            }
            assertThatExceptionOfType(TierException.class)
                    .isThrownBy(() -> operations.forget("ada"))
                    .withMessageContaining("Allow the commands SCAN and UNLINK");
        });
    }

    @Test
    void without_tracking_answers_come_from_redis(CapturedOutput output) {
        deny("-client|tracking");
        application
                .withConfiguration(AutoConfigurations.of(LlmCacheNearAutoConfiguration.class))
                .run(context -> {
                    await().until(() -> !warnings(output).isEmpty());
                    assertServes(context);
                    assertThat(context.getBean(PromptCallObserver.class)
                                    .observe(() -> context.getBean(Shop.class).ask("Why?", "ada"))
                                    .last()
                                    .map(call -> String.valueOf(call.tier())))
                            .contains("redis");
                });
        assertThat(warnings(output)).singleElement().asString().contains("CLIENT TRACKING");
    }

    @Test
    void without_scripts_nobody_waits_for_another_jvm(CapturedOutput output) {
        deny("-eval", "-evalsha", "+mget", "+incr", "+setnx", "+psetex", "+zrange");
        application.run(context -> {
            assertServes(context);
            assertThat(context.getBean(PromptCacheOperations.class).evictByTag("prompt", "why"))
                    .isEqualTo(1);
            assertServes(context);
        });
        assertThat(warnings(output)).singleElement().asString().contains("EVAL and EVALSHA");
    }

    @Test
    void without_scripts_and_what_replaces_them_nothing_is_kept_and_calls_go_on(CapturedOutput output) {
        application.run(context -> assertServes(context));
        deny("-eval", "-evalsha", "-mget");
        application.run(context -> {
            // What is there is served.
            assertThat(outcome(context, () -> context.getBean(Shop.class).ask("Why?", "ada")))
                    .contains(CacheOutcome.HIT);
            for (int i = 0; i < 3; i++) {
                assertThat(context.getBean(Shop.class).ask("How?", "ada")).isEqualTo(Shop.ANSWER);
            }
        });
        assertThat(warnings(output))
                .hasSizeBetween(1, 2)
                .allMatch(line -> line.contains("EVAL") || line.contains("MGET"));
    }

    @Test
    void without_scripts_counts_of_all_jvms_are_told_to_be_lost_in_a_warning_of_their_own(CapturedOutput output) {
        deny("-eval", "-evalsha", "+mget", "+incr", "+setnx", "+psetex", "+zrange");
        application.withPropertyValues("llm-cache.stats.enabled=true").run(context -> {
            assertServes(context);
            for (int i = 0; i < 3; i++) {
                context.getBean(RedisStatisticsWriter.class).write().join();
            }
            assertServes(context);
        });
        assertThat(warnings(output))
                .filteredOn(line -> line.contains("does not take what was counted"))
                .hasSize(1);
    }

    @Test
    void without_subscribe_those_who_wait_look_for_themselves(CapturedOutput output) throws Exception {
        deny("-subscribe");
        application.run(context -> {
            assertServes(context);
            await().until(() -> !warnings(output).isEmpty());
            CountDownLatch gate = new CountDownLatch(1);
            Shop shop = context.getBean(Shop.class);
            shop.answerAfter(gate);
            CompletableFuture<String> first = OwnThread.supply(() -> shop.ask("Who?", "ada"));
            await().until(() -> redis.commands().keys("shop:llm-cache:lease:*").size() == 1);
            application.run(other -> {
                assertServes(other);
                CompletableFuture<Optional<CacheOutcome>> second = OwnThread.supply(
                        () -> outcome(other, () -> other.getBean(Shop.class).ask("Who?", "ada")));
                await().pollDelay(Duration.ofMillis(300)).until(() -> !second.isDone());
                gate.countDown();
                assertThat(second.join()).contains(CacheOutcome.COALESCED);
            });
            assertThat(first.join()).isEqualTo(Shop.ANSWER);
        });
        // One from each of the two applications.
        assertThat(warnings(output)).hasSizeBetween(1, 2).allMatch(line -> line.contains("SUBSCRIBE"));
    }

    private static void deny(String... rules) {
        DocumentedRights.setUser(redis.commands(), List.of(rules));
    }

    private static void assertDenied(Callable<?> call) {
        assertThatExceptionOfType(TierException.class).isThrownBy(call::call).satisfies(ex -> assertThat(ex.kind())
                .isEqualTo(FailureKind.DENIED));
    }

    /** Misses are answered by the model and kept, hits are hits, and no caller is told of anything. */
    private static void assertServes(ApplicationContext context) {
        Shop shop = context.getBean(Shop.class);
        patiently().until(() -> outcome(context, () -> shop.ask("Why?", "ada")).equals(Optional.of(CacheOutcome.HIT)));
        assertThat(shop.ask("Why?", "ada")).isEqualTo(Shop.ANSWER);
        for (int i = 0; i < 3; i++) {
            assertThat(outcome(context, () -> shop.ask("Why?", "ada"))).contains(CacheOutcome.HIT);
        }
    }

    private static Optional<CacheOutcome> outcome(ApplicationContext context, Callable<?> call) {
        try {
            return context.getBean(PromptCallObserver.class).observe(call).outcome();
        } catch (Exception ex) {
            throw new AssertionError(ex);
        }
    }

    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(20)).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(20));
    }

    private static List<String> evictionWarnings(CapturedOutput output) {
        return output.getAll()
                .lines()
                .filter(line -> line.contains("WARN") && line.contains("An eviction from cache"))
                .toList();
    }

    private static List<String> warnings(CapturedOutput output) {
        return output.getAll()
                .lines()
                .filter(line -> line.contains("WARN") && line.contains("Redis at"))
                .toList();
    }
}
