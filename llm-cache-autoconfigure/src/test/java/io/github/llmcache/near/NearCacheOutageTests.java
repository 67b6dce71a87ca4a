package io.github.llmcache.near;

import static io.github.llmcache.near.TwoTiers.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.key.PromptKey;
import io.github.llmcache.testing.RealCluster;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.TierLookup;
import io.lettuce.core.KillArgs;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Servers that freeze, die, refuse, or change places: the near tier falls silent in time, and comes back by itself. */
@ExtendWith(OutputCaptureExtension.class)
class NearCacheOutageTests {

    private static final Duration LONG = Duration.ofMinutes(10);

    private static final PromptKey WHY = key("prompt", 1);

    /** What a busy machine may take longer than the bound before a test looks. */
    private static final Duration SLACK = Duration.ofMillis(500);

    @Test
    void a_server_that_freezes_silences_the_memory_within_the_settling_time_and_a_thawed_one_wakes_it() {
        try (RealRedis redis = RealRedis.start()) {
            TwoTiers.on(redis).run(context -> {
                TwoTiers tiers = new TwoTiers(context);
                tiers.store(WHY, "because", LONG);
                tiers.awaitNear(WHY);

                redis.pause();
                long paused = System.nanoTime();
                await().pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> !(tiers.near().lookup(WHY) instanceof TierLookup.Hit));
                Duration after = Duration.ofNanos(System.nanoTime() - paused);

                assertThat(after).isLessThan(NearCacheTier.SETTLING.plus(SLACK));
                assertThat(tiers.near().lookup(WHY)).isSameAs(TierLookup.Miss.INSTANCE);
                redis.resume();
                tiers.awaitNear(WHY);
            });
        }
    }

    @Test
    void a_server_that_is_killed_and_started_again_empty_leaves_nothing_in_memory() {
        try (RealRedis redis = RealRedis.start()) {
            TwoTiers.on(redis).run(context -> {
                TwoTiers tiers = new TwoTiers(context);
                tiers.store(WHY, "because", LONG);
                tiers.awaitNear(WHY);

                redis.kill();
                redis.launch();

                await().pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(1))
                        .atMost(NearCacheTier.SETTLING.plus(SLACK))
                        .until(() -> tiers.near().kept(WHY) == null);
                await().atMost(Duration.ofSeconds(20))
                        .ignoreExceptions()
                        .untilAsserted(() -> tiers.store(key("prompt", 2), "thus", LONG));
                tiers.awaitNear(key("prompt", 2));
                assertThat(tiers.ask(WHY)).isNull();
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-client|tracking", "-client"})
    void a_server_that_refuses_to_tell_what_changes_is_read_without_the_memory_which_is_said_once(
            String right, CapturedOutput output) {
        try (RealRedis redis = RealRedis.start()) {
            redis.commands()
                    .dispatch(
                            CommandType.ACL,
                            new StatusOutput<>(StringCodec.UTF8),
                            new CommandArgs<>(StringCodec.UTF8)
                                    .add("SETUSER")
                                    .add("canaryuser")
                                    .add("on")
                                    .add(">secret")
                                    .add("~*")
                                    .add("&*")
                                    .add("+@all")
                                    .add(right));
            TwoTiers.on(redis)
                    .withPropertyValues("spring.data.redis.username=canaryuser", "spring.data.redis.password=secret")
                    .run(context -> {
                        TwoTiers tiers = new TwoTiers(context);
                        await().until(() -> output.getAll().contains("refuses to tell what changes"));
                        tiers.store(WHY, "because", LONG);
                        assertThat(tiers.ask(WHY)).isEqualTo("redis because");
                        assertThat(tiers.ask(WHY)).isEqualTo("redis because");
                        assertThat(tiers.near().lookup(WHY)).isSameAs(TierLookup.Miss.INSTANCE);
                    });
            assertThat(output.getAll().split("refuses to tell what changes", -1))
                    .hasSize(2);
            assertThat(output.getAll()).contains("(NOPERM)").doesNotContain("canaryuser", "secret");
        }
    }

    @Test
    void in_a_cluster_changes_on_every_server_are_seen_and_one_lost_line_silences_all() {
        try (RealCluster cluster = RealCluster.start()) {
            TwoTiers.on(cluster.nodes().get(0))
                    .withPropertyValues(cluster.property())
                    .run(context -> {
                        TwoTiers tiers = new TwoTiers(context);
                        for (int i = 0; i < 30; i++) {
                            tiers.store(key("prompt", i), "because", LONG);
                        }
                        for (int i = 0; i < 30; i++) {
                            tiers.awaitNear(key("prompt", i));
                        }
                        for (RealRedis node : cluster.nodes()) {
                            String redisKey = node.commands().keys("prompt:*").get(0);
                            PromptKey key = new PromptKey("prompt", redisKey.substring(7), null);
                            assertThat(tiers.near().kept(key)).isNotNull();
                            node.commands().del(redisKey);
                            await().atMost(Duration.ofSeconds(1))
                                    .until(() -> tiers.near().kept(key) == null);
                        }

                        cluster.nodes().get(2).commands().clientKill(KillArgs.Builder.typeNormal());
                        await().atMost(NearCacheTier.SETTLING)
                                .pollDelay(Duration.ZERO)
                                .pollInterval(Duration.ofMillis(1))
                                .until(() -> tiers.near().weight() == 0);
                        for (int i = 0; i < 30; i++) {
                            int number = i;
                            await().ignoreExceptions()
                                    .untilAsserted(() -> tiers.store(key("prompt", number), "because", LONG));
                            tiers.awaitNear(key("prompt", i));
                        }

                        // A slot that goes to another master changes who tells of what.
                        String to = cluster.nodes().get(1).commands().clusterMyId();
                        for (RealRedis node : cluster.nodes()) {
                            node.commands().clusterSetSlotNode(5, to);
                        }
                        await().atMost(Duration.ofSeconds(3))
                                .pollDelay(Duration.ZERO)
                                .pollInterval(Duration.ofMillis(1))
                                .until(() -> tiers.near().weight() == 0);
                        tiers.awaitNear(key("prompt", 29));
                    });
        }
    }

    @Test
    void with_jedis_or_reads_from_replicas_there_is_no_memory_and_calls_go_on(CapturedOutput output) {
        RealRedis redis = RealRedis.shared();
        TwoTiers.on(redis)
                .withPropertyValues("spring.data.redis.client-type=jedis")
                .run(context -> assertThat(context).doesNotHaveBean(NearCacheTier.class));
        TwoTiers.on(redis).withPropertyValues("llm-cache.near.enabled=false").run(context -> assertThat(context)
                .doesNotHaveBean(NearCacheTier.class));
        TwoTiers.on(redis)
                .withPropertyValues("spring.data.redis.lettuce.read-from=replica-preferred")
                .run(context -> {
                    TwoTiers tiers = new TwoTiers(context);
                    tiers.store(WHY, "because", LONG);
                    await().until(() -> output.getAll().contains("does not let Redis tell what changes"));
                    assertThat(tiers.ask(WHY)).isEqualTo("redis because");
                    assertThat(tiers.near().lookup(WHY)).isSameAs(TierLookup.Miss.INSTANCE);
                });
    }

    @Test
    void a_weight_that_is_none_fails_the_start() {
        TwoTiers.on(RealRedis.shared())
                .withPropertyValues("llm-cache.near.maximum-weight=0B")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("llm-cache.near.maximum-weight"));
    }
}
