package io.github.llmcache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.engine.LoadGuard.Permit;
import io.github.llmcache.engine.LoadRequest;
import io.github.llmcache.event.AnswerCost;
import io.github.llmcache.metrics.UsageMetrics;
import io.github.llmcache.model.ModelConfigRegistry;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.usage.LostRedis;
import io.github.llmcache.usage.UsageBudgets;
import io.github.llmcache.usage.UsageGuard;
import io.github.llmcache.usage.UsageLedger;
import io.github.llmcache.usage.UsageLimit;
import io.github.llmcache.usage.UsageLimitExceededException;
import io.github.llmcache.usage.UsageStatus;
import io.github.llmcache.usage.UsageUnit;
import io.github.llmcache.usage.UsageWarningListener;
import io.github.llmcache.usage.UsageWarnings;
import io.github.llmcache.usage.UsageWindow;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

@ExtendWith(OutputCaptureExtension.class)
class RedisUsageWarningsTests {

    private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");

    private final RealRedis redis = RealRedis.shared();
    private final List<Member> members = new ArrayList<>();
    private final List<String> told = new CopyOnWriteArrayList<>();

    private volatile Instant now = Instant.parse("2026-11-23T12:00:00Z");

    @AfterEach
    void close() {
        members.forEach(Member::close);
    }

    @Test
    void of_all_jvms_the_one_whose_call_passes_the_mark_warns_and_no_other() {
        UsageLimit limit = new UsageLimit(10, -1, -1);
        Member one = member(80, limit);
        Member other = member(80, limit);

        for (int i = 0; i < 7; i++) {
            (i % 2 == 0 ? one : other).ask("ada").end();
        }
        assertThat(one.warned(UsageUnit.CALLS) + other.warned(UsageUnit.CALLS)).isZero();
        other.ask("ada").end();
        one.ask("ada").end();
        one.ask("ada").end();
        assertThatThrownBy(() -> one.ask("ada")).isInstanceOf(UsageLimitExceededException.class);

        assertThat(one.warned(UsageUnit.CALLS)).isZero();
        assertThat(other.warned(UsageUnit.CALLS)).isEqualTo(1);
    }

    @Test
    void the_listener_is_told_whose_budget_it_is_and_how_much_is_used() {
        List<UsageStatus> statuses = new CopyOnWriteArrayList<>();
        Member member = member(50, new UsageLimit(-1, 1_000, -1), (subject, status) -> {
            told.add(subject + " on " + Thread.currentThread().getName());
            statuses.add(status);
        });
        member.ask("ada").end(new AnswerCost(100, 200, 0));
        member.ask("bob").end();
        assertThat(told).isEmpty();

        member.ask("ada");

        await().until(() -> !told.isEmpty());
        assertThat(told).containsExactly("ada on llm-cache-usage-warnings");
        assertThat(statuses).singleElement().satisfies(status -> {
            assertThat(status.window()).isEqualTo(UsageWindow.DAY);
            assertThat(status.unit()).isEqualTo(UsageUnit.TOKENS);
            assertThat(status.used()).isEqualTo(BigDecimal.valueOf(700));
            assertThat(status.limit()).isEqualTo(BigDecimal.valueOf(1_000));
            assertThat(status.resetsAt())
                    .isBetween(Instant.parse("2026-11-23T22:59:50Z"), Instant.parse("2026-11-23T23:00:10Z"));
        });
    }

    @Test
    void what_a_call_took_passes_the_mark_in_the_background() {
        Member member = member(80, new UsageLimit(-1, 1_000, -1));
        Permit permit = member.ask("ada");
        assertThat(member.warned(UsageUnit.TOKENS)).isZero();

        permit.end(new AnswerCost(300, 600, 0));

        await().until(() -> member.warned(UsageUnit.TOKENS) == 1);
    }

    @Test
    void reservations_that_come_and_go_at_the_mark_are_one_warning_in_a_window_and_one_more_in_the_next() {
        Member member = member(80, new UsageLimit(-1, 1_000, -1));
        member.ask("ada").end(new AnswerCost(500, 0, 0));
        awaitTokens("500");
        for (int i = 0; i < 5; i++) {
            member.ask("ada").end();
            awaitTokens("500");
        }
        assertThat(member.warned(UsageUnit.TOKENS)).isEqualTo(1);

        // The counters that Redis still has are of the day before.
        now = Instant.parse("2026-11-24T12:00:00Z");
        redis.commands().flushall();
        member.ask("ada").end(new AnswerCost(850, 0, 0));
        await().until(() -> member.warned(UsageUnit.TOKENS) == 2);
    }

    @Test
    void each_user_and_each_unit_passes_a_mark_of_its_own() {
        Member member = member(80, new UsageLimit(2, 1_000, -1));
        member.ask("ada").end(new AnswerCost(450, 450, 0));
        member.ask("bob").end();
        member.ask("bob").end();

        await().until(() -> member.warned(UsageUnit.TOKENS) == 1);
        assertThat(member.warned(UsageUnit.CALLS)).isEqualTo(1);
        assertThat(member.warnings.counts().of(UsageWindow.MONTH, UsageUnit.CALLS))
                .isZero();
    }

    @Test
    void whoever_is_over_the_mark_already_is_not_warned_and_a_limit_of_nothing_warns_of_nothing() {
        redis.commands().set("shop:usage:ada:count", "9");
        redis.commands().pexpire("shop:usage:ada:count", Duration.ofHours(1));
        Member member = member(80, new UsageLimit(10, 0, -1));
        assertThatThrownBy(() -> member.ask("ada")).isInstanceOf(UsageLimitExceededException.class);
        assertThat(member.warned(UsageUnit.CALLS)).isZero();
        assertThat(member.warned(UsageUnit.TOKENS)).isZero();
    }

    @Test
    void a_limit_whose_eighty_fold_is_more_than_can_be_counted_has_a_mark_too() {
        redis.commands().set("shop:usage:ada:tokens", "159999999999999800");
        redis.commands().pexpire("shop:usage:ada:tokens", Duration.ofHours(1));
        Member member = member(80, new UsageLimit(-1, 200_000_000_000_000_000L, -1));

        member.ask("ada");

        assertThat(member.warned(UsageUnit.TOKENS)).isEqualTo(1);
    }

    @Test
    void the_highest_share_is_that_of_the_user_who_used_most_until_the_window_ends() {
        Member member = member(80, new UsageLimit(10, -1, -1));
        assertThat(member.share(UsageUnit.CALLS)).isZero();
        member.ask("ada").end();
        member.ask("ada").end();
        member.ask("bob").end();
        assertThat(member.share(UsageUnit.CALLS)).isEqualTo(0.2, within(1e-9));
        assertThat(member.share(UsageUnit.TOKENS)).isZero();

        now = Instant.parse("2026-11-24T12:00:00Z");
        assertThat(member.share(UsageUnit.CALLS)).isZero();
        redis.commands().flushall();
        member.ask("bob").end();
        assertThat(member.share(UsageUnit.CALLS)).isEqualTo(0.1, within(1e-9));
    }

    @Test
    void what_is_counted_while_redis_is_gone_passes_the_mark_when_it_is_back() throws Exception {
        try (RealRedis own = RealRedis.start()) {
            Member member = new Member(own, 50, new UsageLimit(4, -1, -1), List.of());
            member.ask("ada").end();
            own.kill();
            member.ask("ada").end();
            member.ask("ada").end();
            assertThat(member.warned(UsageUnit.CALLS)).isZero();

            own.launch();
            await().atMost(Duration.ofSeconds(15)).until(() -> member.warned(UsageUnit.CALLS) == 1);
            member.close();
        }
    }

    @Test
    void a_listener_that_fails_or_hangs_stops_neither_calls_nor_other_listeners(CapturedOutput output) {
        CountDownLatch hangs = new CountDownLatch(1);
        Member member = member(
                50,
                new UsageLimit(2, -1, -1),
                (subject, status) -> {
                    throw new IllegalStateException("of " + subject);
                },
                (subject, status) -> {
                    told.add(subject);
                    hangs.await();
                });
        for (int i = 0; i < 50; i++) {
            member.ask("canary-user-" + i).end();
        }
        assertThat(member.warned(UsageUnit.CALLS)).isEqualTo(50);
        await().until(() -> told.equals(List.of("canary-user-0")));

        hangs.countDown();
        await().until(() -> told.size() == 50);
        assertThat(output.getOut()).contains("usage warning listener").doesNotContain("canary-user");
    }

    @Test
    void the_meters_are_those_of_the_limits_that_there_are_and_name_nobody() {
        Member member = member(80, new UsageLimit(1, -1, -1));
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new UsageMetrics(member.ledger.refusals(), member.warnings, member.budgets).bindTo(registry);
        member.ask("canary-user").end();

        assertThat(registry.find("llm.cache.usage.warned").functionCounters())
                .singleElement()
                .satisfies(counter -> {
                    assertThat(counter.count()).isEqualTo(1);
                    assertThat(counter.getId().getTag("window")).isEqualTo("day");
                    assertThat(counter.getId().getTag("unit")).isEqualTo("calls");
                });
        assertThat(registry.get("llm.cache.usage.highest.share").gauge().value())
                .isEqualTo(1);
        assertThat(registry.getMeters()).extracting(Meter::getId).asString().doesNotContain("canary");
    }

    @Test
    void a_share_that_is_none_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new UsageWarnings(0, List::of, () -> now));
        assertThatIllegalArgumentException().isThrownBy(() -> new UsageWarnings(101, List::of, () -> now));
    }

    private void awaitTokens(String tokens) {
        await().untilAsserted(() ->
                assertThat(redis.commands().get("shop:usage:ada:tokens")).isEqualTo(tokens));
    }

    private interface Told {

        void onWarning(String subject, UsageStatus status) throws InterruptedException;
    }

    private Member member(int percent, UsageLimit limit, Told... listeners) {
        List<UsageWarningListener> all = new ArrayList<>();
        for (Told listener : listeners) {
            all.add((subject, status) -> {
                try {
                    listener.onWarning(subject, status);
                } catch (InterruptedException ex) {
                    throw new AssertionError(ex);
                }
            });
        }
        Member member = new Member(redis, percent, limit, all);
        members.add(member);
        return member;
    }

    private final class Member implements AutoCloseable {

        private final CacheConnection connection;
        private final UsageBudgets budgets;
        private final UsageWarnings warnings;
        private final UsageLedger ledger;
        private final UsageGuard guard;

        Member(RealRedis redis, int percent, UsageLimit limit, List<UsageWarningListener> listeners) {
            connection = CacheConnection.derivedFrom(
                    new LettuceConnectionFactory(new RedisStandaloneConfiguration("127.0.0.1", redis.port())),
                    Duration.ofSeconds(5),
                    Clock.systemUTC());
            budgets = new UsageBudgets(UsageWindow.DAY, Map.of(UsageWindow.DAY, limit), Map.of());
            warnings = new UsageWarnings(percent, () -> listeners, () -> now);
            RedisUsageStore store = new RedisUsageStore(connection, false, new RedisKeys("shop:"), UsageWindow.DAY);
            ledger = new UsageLedger(store, budgets, LostRedis.LOCAL_SHARE, ZONE, () -> now, warnings);
            guard = new UsageGuard(ledger, ModelConfigRegistry.of(List.of()), 400);
        }

        Permit ask(String user) {
            return guard.ask(new LoadRequest("faq", "gpt", null, true, user));
        }

        long warned(UsageUnit unit) {
            return warnings.counts().of(UsageWindow.DAY, unit);
        }

        double share(UsageUnit unit) {
            return warnings.highestShare(UsageWindow.DAY, unit);
        }

        @Override
        public void close() {
            ledger.close();
            warnings.close();
            connection.close();
        }
    }
}
