package io.github.llmcache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.Eviction;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.LeaseAttempt;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;

/** Leases and evictions of a Redis user who may not do all of it. */
@ExtendWith(OutputCaptureExtension.class)
class RedisRightsTests {

    private static final RealRedis redis = RealRedis.start();

    @BeforeEach
    void users() {
        redis.commands().flushall();
        redis.commands()
                .aclSetuser(
                        "unscripted",
                        user().allChannels().removeCommand(CommandType.EVAL).removeCommand(CommandType.EVALSHA));
        redis.commands().aclSetuser("deaf", user().resetChannels());
        redis.commands()
                .aclSetuser(
                        "answers",
                        AclSetuserArgs.Builder.on()
                                .addPassword("secret")
                                .allCommands()
                                .keyPattern("prompt:*"));
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @ParameterizedTest
    @MethodSource("io.github.llmcache.redis.Shelf#withClients")
    void without_scripts_nobody_waits_but_evictions_still_win(Clients client, Shelf shelf, CapturedOutput output) {
        try (Jvm one = jvm(client, "unscripted", shelf);
                Jvm other = jvm(client, "unscripted", shelf)) {
            LeaseAttempt.Granted granted = one.granted("why");
            LeaseAttempt.Granted also = other.granted("why");
            assertThat(one.stores(granted, Jvm.entry("why", List.of("tag")))).isTrue();
            assertThat(other.stores(also, Jvm.entry("why", List.of("tag")))).isTrue();
            assertThat(other.has("why")).isTrue();
            assertThat(redis.commands().pttl("llm-cache:index:prompt:tag:tag")).isBetween(590_000L, 615_000L);
            assertThat(redis.commands().pttl(shelf.key("", "prompt", "why"))).isBetween(590_000L, 600_000L);

            LeaseAttempt.Granted before = one.granted("why");
            assertThat(other.evict(new Eviction.OfTag("tag"))).isEqualTo(1);
            assertThat(one.stores(before, Jvm.entry("why", List.of("tag")))).isFalse();
            assertThat(one.has("why")).isFalse();
            assertThat(one.stores(one.granted("why"), Jvm.entry("why", List.of("tag"))))
                    .isTrue();
            assertThat(other.evict(new Eviction.OfAll())).isEqualTo(1);
            shelf.putList(redis, "why");
            assertThat(one.stores(one.granted("why"), Jvm.entry("why"))).isTrue();
            assertThat(other.evict(new Eviction.OfModel("demo"))).isEqualTo(1);
        }
        assertThat(output.getAll().lines().filter(line -> line.contains("EVALSHA")))
                .hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void without_channels_those_who_wait_look_for_themselves(Clients client) {
        try (Jvm one = jvm(client, "deaf");
                Jvm other = jvm(client, "deaf")) {
            LeaseAttempt.Granted granted = one.granted("why");
            LeaseAttempt.Held held = other.held("why");
            long began = System.nanoTime();
            assertThat(one.stores(granted, Jvm.entry("why"))).isTrue();

            Jvm.get(held.changed());

            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
            LeaseAttempt.Granted next = other.granted("why");
            other.evict(new Eviction.OfDigest("why"));
            assertThat(other.stores(next, Jvm.entry("why"))).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void without_the_cache_s_own_keys_no_lease_is_given(Clients client) {
        try (Jvm one = jvm(client, "answers")) {
            await().untilAsserted(() ->
                    assertThat(one.attempt("why")).isEqualTo(new LeaseAttempt.Failed(FailureKind.DENIED)));
        }
    }

    private static AclSetuserArgs user() {
        return AclSetuserArgs.Builder.on().addPassword("secret").allKeys().allCommands();
    }

    private static Jvm jvm(Clients client, String user) {
        return jvm(client, user, Shelf.STRING);
    }

    private static Jvm jvm(Clients client, String user, Shelf shelf) {
        RedisStandaloneConfiguration server = new RedisStandaloneConfiguration("127.0.0.1", redis.port());
        server.setUsername(user);
        server.setPassword("secret");
        return new Jvm(client.factory(server), Duration.ofSeconds(30), shelf);
    }
}
