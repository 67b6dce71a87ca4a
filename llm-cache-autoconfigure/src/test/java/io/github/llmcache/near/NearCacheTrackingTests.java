package io.github.llmcache.near;

import static io.github.llmcache.near.TwoTiers.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.TierLookup;
import io.lettuce.core.KillArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is in memory follows what is in Redis, whoever changes it and whatever breaks. */
class NearCacheTrackingTests {

    private static final Duration LONG = Duration.ofMinutes(10);

    private static final PromptKey WHY = key("prompt", 1);

    private static final RealRedis redis = RealRedis.start();

    private final RedisCommands<String, String> commands = redis.commands();

    @AfterAll
    static void stop() {
        redis.close();
    }

    @BeforeEach
    void empty() {
        commands.flushall();
    }

    @Test
    void an_answer_that_was_read_once_is_given_again_without_asking_redis() {
        run(tiers -> {
            tiers.store(WHY, "because", LONG);
            tiers.awaitNear(WHY);
            commands.configResetstat();

            for (int i = 0; i < 100; i++) {
                assertThat(tiers.ask(WHY)).isEqualTo("near because");
            }

            assertThat(commands.info("commandstats"))
                    .doesNotContain("cmdstat_get:")
                    .doesNotContain("cmdstat_pttl:");
            assertThat(tiers.near().lookup(WHY)).isSameAs(tiers.near().lookup(WHY));
        });
    }

    private enum Change {
        DELETED(commands -> commands.del("prompt:" + WHY.digest()), null),
        UNLINKED(commands -> commands.unlink("prompt:" + WHY.digest()), null),
        RENAMED(commands -> commands.rename("prompt:" + WHY.digest(), "elsewhere"), null),
        EXPIRED_AT_ONCE(commands -> commands.pexpire("prompt:" + WHY.digest(), 0), null),
        TTL_SHORTENED(commands -> commands.pexpire("prompt:" + WHY.digest(), 300_000), "redis because"),
        ALL_FLUSHED(RedisCommands::flushall, null),
        DATABASE_FLUSHED(RedisCommands::flushdb, null),
        REPLACED(
                commands -> commands.set(
                        "prompt:" + WHY.digest(),
                        commands.get("prompt:" + WHY.digest()).replace("because", "therefore")),
                "redis therefore");

        private final Consumer<RedisCommands<String, String>> change;
        private final @Nullable String after;

        Change(Consumer<RedisCommands<String, String>> change, @Nullable String after) {
            this.change = change;
            this.after = after;
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_change_by_anybody_is_seen_at_once(Change change) {
        run(tiers -> {
            tiers.store(WHY, "because", LONG);
            tiers.awaitNear(WHY);

            change.change.accept(commands);

            await().atMost(Duration.ofSeconds(1))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> tiers.near().kept(WHY) == null);
            assertThat(tiers.ask(WHY)).isEqualTo(change.after);
        });
    }

    @Test
    void other_entries_stay_in_memory_when_one_is_changed() {
        run(tiers -> {
            tiers.store(WHY, "because", LONG);
            tiers.store(key("prompt", 2), "thus", LONG);
            tiers.awaitNear(WHY);
            tiers.awaitNear(key("prompt", 2));

            commands.del("prompt:" + WHY.digest());

            await().until(() -> tiers.near().kept(WHY) == null);
            assertThat(tiers.ask(key("prompt", 2))).isEqualTo("near thus");
        });
    }

    @Test
    void an_answer_lives_no_longer_in_memory_than_in_redis() {
        run(tiers -> {
            tiers.awaitNear(stored(tiers, WHY));
            tiers.store(WHY, "because", Duration.ofMillis(400));
            await().pollInterval(Duration.ofMillis(1)).until(() -> tiers.near().kept(WHY) == null);
            tiers.awaitNear(WHY);

            // The server tells only after it has found out itself; the memory has to know better.
            await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> {
                boolean gone = commands.exists("prompt:" + WHY.digest()) == 0;
                assertThat(gone && tiers.near().lookup(WHY) instanceof TierLookup.Hit)
                        .isFalse();
                return gone;
            });
            assertThat(tiers.ask(WHY)).isNull();
        });
    }

    @Test
    void an_entry_that_never_expires_is_not_kept_in_memory() {
        run(tiers -> {
            tiers.awaitNear(stored(tiers, WHY));
            commands.persist("prompt:" + WHY.digest());
            await().until(() -> tiers.near().kept(WHY) == null);

            assertThat(tiers.ask(WHY)).isEqualTo("redis because");
            assertThat(tiers.near().kept(WHY)).isNull();
        });
    }

    @Test
    void caches_that_become_known_later_are_kept_too_and_untracked_ones_are_not() {
        TwoTiers.on(redis).run(context -> {
            TwoTiers tiers = new TwoTiers(context);
            tiers.awaitNear(stored(tiers, WHY));
            PromptKey faq = key("faq: 100%", 7);
            tiers.store(faq, "x", LONG);
            assertThat(tiers.ask(faq)).isEqualTo("redis x");
            assertThat(tiers.near().kept(faq)).isNull();

            context.getBean(CacheCatalog.class).add("faq: 100%");

            tiers.awaitNear(faq);
            assertThat(tiers.ask(WHY)).isEqualTo("near because");
            commands.del("faq%3A 100%25:" + faq.digest());
            await().atMost(Duration.ofSeconds(1)).until(() -> tiers.near().kept(faq) == null);
            assertThat(tiers.ask(WHY)).isEqualTo("near because");
        });
    }

    @Test
    void readable_keys_are_followed_whether_they_show_a_prompt_or_not() {
        TwoTiers.on(redis)
                .withPropertyValues("llm-cache.key-style=readable", "llm-cache.key-prefix=app:")
                .run(context -> {
                    TwoTiers tiers = new TwoTiers(context);
                    PromptKey plain = new PromptKey("prompt", "a".repeat(30) + "1", null);
                    PromptKey shown = new PromptKey("prompt", "b".repeat(30) + "1", "50% of ~ : {x}");
                    PromptKey odd = new PromptKey("prompt", "c~d" + "e".repeat(30), null);
                    for (PromptKey key : new PromptKey[] {plain, shown, odd}) {
                        tiers.store(key, "because", LONG);
                        tiers.awaitNear(key);
                    }

                    for (PromptKey key : new PromptKey[] {plain, shown, odd}) {
                        String redisKey = commands.keys(
                                        "app:prompt:*" + key.digest().substring(0, 22) + "*")
                                .get(0);
                        commands.del(redisKey);
                        await().atMost(Duration.ofSeconds(1))
                                .until(() -> tiers.near().kept(key) == null);
                        assertThat(tiers.ask(key)).isNull();
                    }
                });
    }

    @Test
    void a_connection_that_is_killed_loses_no_change_and_comes_back() {
        run(tiers -> {
            for (int i = 0; i < 5; i++) {
                tiers.awaitNear(stored(tiers, WHY));

                commands.clientKill(KillArgs.Builder.typeNormal());
                commands.clientKill(KillArgs.Builder.typePubsub());
                commands.del("prompt:" + WHY.digest());

                // The end of the connection and the first answer after it are seen in no fixed order.
                await().pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(1))
                        .atMost(NearCacheTier.SETTLING)
                        .until(() -> tiers.ask(WHY) == null);
                for (int j = 0; j < 1000; j++) {
                    assertThat(tiers.near().lookup(WHY)).isNotInstanceOf(TierLookup.Hit.class);
                }
            }
            tiers.awaitNear(stored(tiers, WHY));
        });
    }

    private static PromptKey stored(TwoTiers tiers, PromptKey key) {
        await().ignoreExceptions()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> tiers.store(key, "because", LONG));
        return key;
    }

    private static void run(Consumer<TwoTiers> test) {
        TwoTiers.on(redis).run(context -> test.accept(new TwoTiers(context)));
    }
}
