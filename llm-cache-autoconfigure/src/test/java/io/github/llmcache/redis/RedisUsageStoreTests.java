package io.github.llmcache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.engine.LoadGuard.Permit;
import io.github.llmcache.engine.LoadRequest;
import io.github.llmcache.event.AnswerCost;
import io.github.llmcache.model.ModelConfigRegistry;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.TcpProxy;
import io.github.llmcache.usage.LostRedis;
import io.github.llmcache.usage.UsageBudgets;
import io.github.llmcache.usage.UsageGuard;
import io.github.llmcache.usage.UsageLedger;
import io.github.llmcache.usage.UsageLimit;
import io.github.llmcache.usage.UsageLimitExceededException;
import io.github.llmcache.usage.UsageWarnings;
import io.github.llmcache.usage.UsageWindow;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.SetArgs;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;

/** Usage in Redis, as a guard counts it. */
@ExtendWith(OutputCaptureExtension.class)
class RedisUsageStoreTests {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final RealRedis redis = RealRedis.start();

    private volatile Instant now = Instant.parse("2026-11-23T12:00:00Z");

    @BeforeEach
    void empty() {
        redis.commands().flushall();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @ParameterizedTest
    @EnumSource
    void every_client_counts_and_holds_the_limit(Clients client) {
        try (Member member = new Member(client, "", Map.of(UsageWindow.DAY, new UsageLimit(2, 1000, -1)))) {
            member.ask("ada").end(new AnswerCost(10, 20, 5));
            Permit second = member.ask("ada");
            assertThatThrownBy(() -> member.ask("ada")).isInstanceOf(UsageLimitExceededException.class);
            second.end();

            // What is not known to be no cluster has all counters of a user in one slot.
            String user = client == Clients.WRAPPED ? "{ada}" : "ada";
            awaitCounter("shop:usage:" + user + ":tokens", "30");
            awaitCounter("shop:usage:" + user + ":cost", "5");
            awaitCounter("shop:usage:" + user + ":count", "2");
        }
    }

    @Test
    void counters_live_until_the_month_ends_where_the_user_is() {
        now = Instant.parse("2026-01-31T23:30:00Z");
        try (Member member = new Member(Clients.LETTUCE, "", Map.of(UsageWindow.MONTH, new UsageLimit(9, -1, -1)))) {
            member.ask("ada").end();

            assertThat(redis.commands().pttl("shop:usage:ada:count:month"))
                    .isBetween(
                            Duration.between(now, Instant.parse("2026-02-28T23:00:00Z"))
                                            .toMillis()
                                    - 10_000,
                            Duration.between(now, Instant.parse("2026-02-28T23:00:00Z"))
                                    .toMillis());
        }
    }

    @Test
    void a_window_that_ends_takes_its_counters_along_and_the_next_begins_with_nothing() {
        now = Instant.parse("2026-03-31T21:59:59.500Z");
        Instant end = Instant.parse("2026-03-31T22:00:00Z");
        try (Member member = new Member(
                Clients.LETTUCE,
                "",
                Map.of(
                        UsageWindow.MINUTE, new UsageLimit(1, -1, -1),
                        UsageWindow.DAY, new UsageLimit(1, 900, -1),
                        UsageWindow.MONTH, new UsageLimit(1, -1, -1)))) {
            Permit open = member.ask("ada");
            assertThatThrownBy(() -> member.ask("ada"))
                    .isInstanceOfSatisfying(UsageLimitExceededException.class, refusal -> {
                        assertThat(refusal.window()).isEqualTo(UsageWindow.MONTH);
                        assertThat(refusal.resetsAt()).isBetween(now, end);
                    });
            await().until(() -> redis.commands().keys("shop:usage:*").isEmpty());

            now = end;
            Permit next = member.ask("ada");
            next.end(new AnswerCost(1, 1, 0));
            awaitCounter("shop:usage:ada:tokens", "2");
            // It was asked in the month before, and its tokens are known in this one.
            open.end(new AnswerCost(300, 33, 0));
            awaitCounter("shop:usage:ada:tokens", "335");
            assertThat(redis.commands().get("shop:usage:ada:count")).isEqualTo("1");
        }
    }

    /** A counter with more time than its window lasts would be taken for another window's, and begin anew with each call. */
    @Test
    void a_clock_that_is_put_back_does_not_let_more_calls_through() {
        now = Instant.parse("2026-11-23T12:00:00Z");
        try (Member member = new Member(Clients.LETTUCE, "", Map.of(UsageWindow.MINUTE, new UsageLimit(2, -1, -1)))) {
            member.ask("ada");
            redis.commands().del("shop:usage:ada:count:minute");
            now = now.minusSeconds(20);
            member.ask("ada");
            member.ask("ada");

            assertThatThrownBy(() -> member.ask("ada")).isInstanceOf(UsageLimitExceededException.class);
            assertThat(redis.commands().pttl("shop:usage:ada:count:minute")).isBetween(1L, 60_000L);
        }
    }

    @Test
    void a_counter_of_a_longer_window_begins_anew_and_one_that_never_ends_is_made_to() {
        redis.commands().set("shop:usage:ada:count", "500", SetArgs.Builder.px(Duration.ofDays(20)));
        redis.commands().set("shop:usage:bob:count", "1");
        try (Member member = new Member(Clients.LETTUCE, "", Map.of(UsageWindow.DAY, new UsageLimit(2, -1, -1)))) {
            member.ask("ada").end();
            member.ask("bob").end();

            assertThat(redis.commands().get("shop:usage:ada:count")).isEqualTo("1");
            assertThat(redis.commands().get("shop:usage:bob:count")).isEqualTo("2");
            assertThat(redis.commands().pttl("shop:usage:ada:count"))
                    .isBetween(1L, Duration.ofDays(1).toMillis());
            assertThat(redis.commands().pttl("shop:usage:bob:count"))
                    .isBetween(1L, Duration.ofDays(1).toMillis());
        }
    }

    @Test
    void a_key_of_another_type_is_left_alone_and_counted_here_and_others_are_not_affected(CapturedOutput output) {
        redis.commands().rpush("shop:usage:ada:tokens", "mine");
        redis.commands().set("shop:usage:eve:count", "mine");
        try (Member member = new Member(Clients.LETTUCE, "", Map.of(UsageWindow.DAY, new UsageLimit(2, 10, -1)))) {
            for (String user : List.of("ada", "eve")) {
                member.ask(user).end();
                member.ask(user).end();
                assertThatThrownBy(() -> member.ask(user)).isInstanceOf(UsageLimitExceededException.class);
            }
            member.ask("bob").end();

            assertThat(redis.commands().get("shop:usage:bob:count")).isEqualTo("1");
            assertThat(redis.commands().exists("shop:usage:ada:count")).isZero();
            assertThat(redis.commands().get("shop:usage:eve:count")).isEqualTo("mine");
        }
        assertThat(output.getOut().lines().filter(line -> line.contains("does not tell what is used")))
                .singleElement()
                .asString()
                .contains("wrong_type");
    }

    /** They are numbers for people and for scripts, but nothing that Redis can count on. */
    @ParameterizedTest
    @ValueSource(strings = {"1.5", "0x10", "1e3", " 7", "007", "-0", "99999999999999999999", ""})
    void a_counter_that_is_no_whole_number_is_left_alone_and_nothing_of_the_call_is_counted_beside_it(String value) {
        redis.commands().set("shop:usage:ada:tokens", value, SetArgs.Builder.px(Duration.ofHours(1)));
        try (Member member = new Member(Clients.LETTUCE, "", Map.of(UsageWindow.DAY, new UsageLimit(2, 5000, -1)))) {
            member.ask("ada").end();
            member.ask("ada").end();
            assertThatThrownBy(() -> member.ask("ada")).isInstanceOf(UsageLimitExceededException.class);
            member.ask("bob").end();

            assertThat(redis.commands().get("shop:usage:bob:count"))
                    .as("others are counted in Redis meanwhile")
                    .isEqualTo("1");
            assertThat(redis.commands().exists("shop:usage:ada:count")).isZero();
            assertThat(redis.commands().get("shop:usage:ada:tokens")).isEqualTo(value);
        }
    }

    /** Given back twice, tokens would be used that nobody counts. */
    @Test
    void what_is_given_back_is_not_given_back_again_where_the_answer_is_lost_with_the_line() {
        try (TcpProxy proxy = TcpProxy.before(redis.port());
                Member member = new Member(
                        Clients.LETTUCE, "", proxy.port(), Map.of(UsageWindow.DAY, new UsageLimit(-1, 100_000, -1)))) {
            for (int i = 0; i < 4; i++) {
                String tokens = "shop:usage:user-" + i + ":tokens";
                await().until(() -> isConnected(member));
                member.ask("user-" + i);
                Permit open = member.ask("user-" + i);
                awaitCounter(tokens, "800");
                proxy.delay(Duration.ofMillis(200));
                open.end();
                await().pollInterval(Duration.ofMillis(5))
                        .until(() -> "400".equals(redis.commands().get(tokens)));
                proxy.halfClose();
                proxy.delay(Duration.ZERO);
                await().until(() -> isConnected(member));
                await().during(Duration.ofMillis(300))
                        .until(() -> "400".equals(redis.commands().get(tokens)));
            }
        }
    }

    private static boolean isConnected(Member member) {
        return member.connection
                .commands()
                .getLater(RedisKeys.bytes("nothing"))
                .handle((value, failure) -> failure == null)
                .join();
    }

    @Test
    void without_the_right_to_scripts_each_jvm_counts_for_itself() {
        redis.commands()
                .aclSetuser(
                        "poor",
                        AclSetuserArgs.Builder.on()
                                .addPassword("secret")
                                .allKeys()
                                .allChannels()
                                .allCommands()
                                .removeCommand(io.lettuce.core.protocol.CommandType.EVAL)
                                .removeCommand(io.lettuce.core.protocol.CommandType.EVALSHA));
        try (Member member = new Member(Clients.LETTUCE, "poor", Map.of(UsageWindow.DAY, new UsageLimit(2, -1, -1)))) {
            member.ask("ada").end();
            member.ask("ada").end();
            assertThatThrownBy(() -> member.ask("ada")).isInstanceOf(UsageLimitExceededException.class);
        }
    }

    @Test
    void a_reservation_is_never_given_back_twice_nor_below_nothing() {
        try (Member member = new Member(Clients.LETTUCE, "", Map.of(UsageWindow.DAY, new UsageLimit(-1, 10_000, -1)))) {
            Permit permit = member.ask("ada");
            awaitCounter("shop:usage:ada:tokens", "400");
            permit.end();
            permit.end();
            permit.unused();
            awaitCounter("shop:usage:ada:tokens", "0");
            Permit lost = member.ask("ada");
            redis.commands().flushall();
            lost.unused();
            member.ask("ada");
            awaitCounter("shop:usage:ada:tokens", "400");
            awaitCounter("shop:usage:ada:count", "1");
        }
    }

    private static void awaitCounter(String key, String value) {
        await().untilAsserted(() -> assertThat(redis.commands().get(key)).isEqualTo(value));
    }

    private final class Member implements AutoCloseable {

        private final CacheConnection connection;
        private final UsageLedger ledger;
        private final UsageGuard guard;

        Member(Clients client, String user, Map<UsageWindow, UsageLimit> limits) {
            this(client, user, redis.port(), limits);
        }

        Member(Clients client, String user, int port, Map<UsageWindow, UsageLimit> limits) {
            RedisStandaloneConfiguration server = new RedisStandaloneConfiguration("127.0.0.1", port);
            if (!user.isEmpty()) {
                server.setUsername(user);
                server.setPassword("secret");
            }
            connection = CacheConnection.derivedFrom(client.factory(server), Duration.ofSeconds(5), Clock.systemUTC());
            RedisUsageStore store = new RedisUsageStore(connection, false, new RedisKeys("shop:"), UsageWindow.DAY);
            ledger = new UsageLedger(
                    store,
                    new UsageBudgets(UsageWindow.DAY, limits, Map.of()),
                    LostRedis.LOCAL_SHARE,
                    BERLIN,
                    () -> now,
                    new UsageWarnings(80, List::of, () -> now));
            guard = new UsageGuard(ledger, ModelConfigRegistry.of(List.of()), 400);
        }

        Permit ask(String user) {
            return guard.ask(new LoadRequest("faq", "gpt", null, true, user));
        }

        @Override
        public void close() {
            ledger.close();
            connection.close();
        }
    }
}
