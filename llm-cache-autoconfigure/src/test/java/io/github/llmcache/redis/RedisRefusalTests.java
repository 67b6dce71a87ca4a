package io.github.llmcache.redis;

import static io.github.llmcache.redis.Applications.awaitHit;
import static io.github.llmcache.redis.RedisOutageTests.warnings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.TierFailureEvent.Operation;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.FailureKind;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.protocol.CommandType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A server that answers, but not with what was asked of it. */
@ExtendWith(OutputCaptureExtension.class)
class RedisRefusalTests {

    private static final RealRedis redis = RealRedis.start();

    @BeforeAll
    static void protect() {
        // This connection stays the default user's, so the test goes on while applications are denied.
        redis.commands().configSet("requirepass", "secret");
        redis.commands().aclSetuser("reader", userOfAllBut(CommandType.SET));
        redis.commands().aclSetuser("writer", userOfAllBut(CommandType.GET));
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void a_server_without_memory_keeps_no_answer_and_costs_no_call(String client, CapturedOutput output) {
        redis.commands().flushall();
        redis.commands().configSet("maxmemory-policy", "noeviction");
        redis.commands().configSet("maxmemory", "1");
        try {
            Applications.on(redis)
                    .withPropertyValues("spring.data.redis.client-type=" + client, "spring.data.redis.password=secret")
                    .run(context -> {
                        assertMisses(context.getBean(Oracle.class), context.getBean(RecordedEvents.class));
                        assertRefused(
                                context.getBean(RecordedEvents.class), Operation.LEASE, FailureKind.OUT_OF_MEMORY);
                        assertThat(warnings(output))
                                .singleElement()
                                .asString()
                                .contains("127.0.0.1:" + redis.port(), "maxmemory");
                    });
        } finally {
            redis.commands().configSet("maxmemory", "0");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void a_replica_keeps_no_answer_and_costs_no_call(String client) {
        try (RealRedis replica = RealRedis.start()) {
            replica.commands().replicaof("127.0.0.1", redis.port());
            Applications.on(replica)
                    .withPropertyValues("spring.data.redis.client-type=" + client)
                    .run(context -> {
                        assertMisses(context.getBean(Oracle.class), context.getBean(RecordedEvents.class));
                        assertRefused(context.getBean(RecordedEvents.class), Operation.LEASE, FailureKind.READ_ONLY);
                    });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void a_missing_password_is_told_as_such(String client, CapturedOutput output) {
        Applications.on(redis)
                .withPropertyValues("spring.data.redis.client-type=" + client, "llm-cache.redis.timeout=250ms")
                .run(context -> {
                    RecordedEvents events = context.getBean(RecordedEvents.class);
                    await().untilAsserted(() -> {
                        context.getBean(Oracle.class).ask("Why?");
                        assertThat(events.failures(Operation.LOOKUP)).contains(FailureKind.DENIED);
                    });
                    assertDenied(context.getBean(Oracle.class), events, output);
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void a_wrong_password_is_told_as_such(String client, CapturedOutput output) {
        Applications.on(redis)
                .withPropertyValues(
                        "spring.data.redis.client-type=" + client,
                        "spring.data.redis.password=canary",
                        "llm-cache.redis.timeout=250ms")
                .run(context -> {
                    RecordedEvents events = context.getBean(RecordedEvents.class);
                    await().untilAsserted(() -> {
                        context.getBean(Oracle.class).ask("Why?");
                        assertThat(events.failures(Operation.LOOKUP)).contains(FailureKind.DENIED);
                    });
                    assertDenied(context.getBean(Oracle.class), events, output);
                    assertThat(warnings(output)).noneMatch(line -> line.contains("canary"));
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void a_user_who_may_not_write_keeps_no_answer_and_pays_for_no_call(String client) {
        as("reader", client, context -> {
            assertMisses(context.getBean(Oracle.class), context.getBean(RecordedEvents.class));
            assertRefused(context.getBean(RecordedEvents.class), Operation.LEASE, FailureKind.DENIED);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void a_user_who_may_not_read_finds_no_answer_and_pays_for_no_call(String client) {
        as("writer", client, context -> {
            assertMisses(context.getBean(Oracle.class), context.getBean(RecordedEvents.class));
            assertThat(context.getBean(RecordedEvents.class).failures(Operation.LOOKUP))
                    .hasSize(3)
                    .containsOnly(FailureKind.DENIED);
        });
    }

    @Test
    void an_answer_is_kept_again_when_the_server_has_memory_again() {
        redis.commands().configSet("maxmemory-policy", "noeviction");
        redis.commands().configSet("maxmemory", "1");
        Applications.on(redis)
                .withPropertyValues("spring.data.redis.password=secret")
                .run(context -> {
                    Oracle oracle = context.getBean(Oracle.class);
                    oracle.ask("How?");
                    assertRefused(context.getBean(RecordedEvents.class), Operation.LEASE, FailureKind.OUT_OF_MEMORY);

                    redis.commands().configSet("maxmemory", "0");
                    awaitHit(context, () -> oracle.ask("How?"));
                });
    }

    private static AclSetuserArgs userOfAllBut(CommandType command) {
        return AclSetuserArgs.Builder.on()
                .addPassword("secret")
                .allKeys()
                .allChannels()
                .allCommands()
                .removeCommand(command);
    }

    private static void as(String user, String client, ContextConsumer<AssertableApplicationContext> test) {
        redis.commands().flushall();
        Applications.on(redis)
                .withPropertyValues(
                        "spring.data.redis.client-type=" + client,
                        "spring.data.redis.username=" + user,
                        "spring.data.redis.password=secret")
                .run(test);
    }

    private static void assertMisses(Oracle oracle, RecordedEvents events) {
        for (int i = 0; i < 3; i++) {
            assertThat(oracle.ask("Why?")).isEqualTo(Oracle.answerTo("Why?"));
        }
        assertThat(events.outcomes()).hasSize(3).containsOnly(CacheOutcome.MISS);
    }

    private static void assertRefused(RecordedEvents events, Operation operation, FailureKind kind) {
        await().untilAsserted(() -> assertThat(events.failures(operation))
                .isNotEmpty()
                .containsOnly(kind)
                .hasSameSizeAs(events.outcomes()));
    }

    private static void assertDenied(Oracle oracle, RecordedEvents events, CapturedOutput output) {
        events.clear();
        assertMisses(oracle, events);
        assertThat(events.failures(Operation.LOOKUP)).hasSize(3).containsOnly(FailureKind.DENIED);
        assertThat(warnings(output)).anySatisfy(line -> assertThat(line)
                .contains("Redis at 127.0.0.1:" + redis.port() + " denies access", "spring.data.redis.username"));
    }
}
