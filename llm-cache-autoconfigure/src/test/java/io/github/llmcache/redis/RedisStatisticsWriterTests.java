package io.github.llmcache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.event.AnswerCost;
import io.github.llmcache.event.AskedDigests;
import io.github.llmcache.event.AskedPrompts;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.CacheStatistics;
import io.github.llmcache.event.CostTotals;
import io.github.llmcache.event.DailyStatistics;
import io.github.llmcache.event.ModelCalls;
import io.github.llmcache.event.PromptCacheEvent;
import io.github.llmcache.event.TierFailureEvent;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.CircuitState;
import io.github.llmcache.tier.FailureKind;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;

/** What a JVM counts, on its way to Redis and back. */
@ExtendWith(OutputCaptureExtension.class)
class RedisStatisticsWriterTests {

    private static final LocalDate DAY = LocalDate.of(2026, 11, 23);
    private static final String KEY = "shop:llm-cache:stats:faq:2026-11-23";
    private static final String NEXT_KEY = "shop:llm-cache:stats:faq:2026-11-24";

    private static final String BOOKS_KEY = "shop:llm-cache:stats:books:2026-11-23";

    private static final RealRedis redis = RealRedis.start();

    private volatile Instant now = Instant.parse("2026-11-23T12:00:00Z");
    private volatile CircuitState circuit = CircuitState.CLOSED;
    private volatile @Nullable Error circuitFailure;

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
    void all_that_is_counted_is_readable_in_redis_and_reads_back(Clients client) {
        try (Member member = new Member(client)) {
            member.called(CacheOutcome.HIT, "near", "gpt", new AnswerCost(10, 20, 1_500));
            member.called(CacheOutcome.HIT, "redis", "gpt", new AnswerCost(10, 20, 1_500));
            member.called(CacheOutcome.STALE, "redis", "llama3.1:8b", new AnswerCost(1, 2, -1));
            member.called(CacheOutcome.COALESCED, null, null, null);
            member.loaded("gpt", new AnswerCost(100, 200, 15_000), Duration.ofMillis(1_234));
            member.statistics.onTierFailure(
                    new TierFailureEvent("faq", "redis", TierFailureEvent.Operation.LOOKUP, FailureKind.TIMEOUT));
            member.write();

            assertThat(redis.commands().hgetall(KEY))
                    .isEqualTo(Map.ofEntries(
                            Map.entry("hits", "2"),
                            Map.entry("hits:near", "1"),
                            Map.entry("hits:redis", "1"),
                            Map.entry("stale", "1"),
                            Map.entry("coalesced", "1"),
                            Map.entry("misses", "1"),
                            Map.entry("tier-failures", "1"),
                            Map.entry("loads", "1"),
                            Map.entry("load-millis", "1234"),
                            Map.entry("tokens-saved:input:gpt", "20"),
                            Map.entry("tokens-saved:output:gpt", "40"),
                            Map.entry("cost-saved-nanos:gpt", "3000"),
                            Map.entry("tokens-spent:input:gpt", "100"),
                            Map.entry("tokens-spent:output:gpt", "200"),
                            Map.entry("cost-spent-nanos:gpt", "15000"),
                            Map.entry("tokens-saved:input:llama3.1:8b", "1"),
                            Map.entry("tokens-saved:output:llama3.1:8b", "2"),
                            Map.entry("saved-without-price:llama3.1:8b", "1"),
                            Map.entry("saved-without-tokens:none", "1"),
                            Map.entry("model-hits:near:gpt", "1"),
                            Map.entry("model-hits:redis:gpt", "1"),
                            Map.entry("model-misses:gpt", "1"),
                            Map.entry("model-loads:gpt", "1"),
                            Map.entry("model-load-millis:gpt", "1234"),
                            Map.entry("model-stale:llama3.1:8b", "1"),
                            Map.entry("model-coalesced:none", "1")));
            DailyStatistics read = member.read(DAY, DAY);
            assertThat(read.total())
                    .usingRecursiveComparison()
                    .ignoringFieldsMatchingRegexes(".*loadTime")
                    .isEqualTo(member.statistics.of("faq"));
            assertThat(read.total().loadTime()).isEqualTo(Duration.ofMillis(1_234));
            assertThat(read.total().saved()).isEqualTo(CostTotals.of(21, 42, 3_000, 1, 1));
            assertThat(read.estimatedTimeSaved(DAY)).contains(Duration.ofMillis(3 * 1_234));
        }
    }

    @Test
    void a_model_of_which_there_were_only_hits_that_cost_nothing_is_found_too() {
        try (Member member = new Member(Clients.LETTUCE)) {
            member.called(CacheOutcome.HIT, "near", "llama3.1:8b", new AnswerCost(0, 0, 0));
            member.write();

            assertThat(member.read(DAY, DAY).total().calls()).containsOnlyKeys("llama3.1:8b");
        }
    }

    @Test
    void what_was_counted_before_midnight_stands_under_its_day_though_it_is_written_after() {
        try (Member member = new Member(Clients.LETTUCE)) {
            member.hit();
            member.write();
            member.hit();
            now = Instant.parse("2026-11-24T00:00:00.100Z");
            await().untilAsserted(() -> assertThat(hits(KEY)).isEqualTo("2"));
            member.hit();
            member.write();

            assertThat(hits(KEY)).isEqualTo("2");
            assertThat(hits(NEXT_KEY)).isEqualTo("1");
            DailyStatistics read = member.read(DAY.minusDays(5), DAY.plusDays(5));
            assertThat(read.days()).containsOnlyKeys(DAY, DAY.plusDays(1));
            assertThat(read.total().hits()).isEqualTo(3);
            assertThat(read.complete()).isTrue();
        }
    }

    @Test
    void prompts_that_redis_does_not_take_by_the_end_of_their_day_are_not_those_of_the_next() {
        try (Member member = new Member(Clients.LETTUCE)) {
            circuit = CircuitState.OPEN;
            member.ask("one");
            member.ask("one");
            now = Instant.parse("2026-11-24T00:00:00.100Z");
            member.write();
            member.ask("two");
            circuit = CircuitState.CLOSED;
            member.write();

            DailyStatistics read = member.read(DAY, DAY.plusDays(1));
            assertThat(read.prompts()).isEqualTo(Map.of(DAY.plusDays(1), new AskedPrompts(1, 1)));
        }
    }

    @Test
    void sums_are_kept_for_as_long_as_is_set_after_the_last_was_added() {
        try (Member member = new Member(Clients.LETTUCE)) {
            member.hit();
            member.write();
            assertThat(redis.commands().pttl(KEY)).isBetween(days(89), days(90));

            redis.commands().pexpire(KEY, 60_000);
            member.write();
            assertThat(redis.commands().pttl(KEY)).isLessThanOrEqualTo(60_000);
            member.hit();
            member.write();
            assertThat(redis.commands().pttl(KEY)).isBetween(days(89), days(90));
            assertThat(redis.commands().keys("*counted*"))
                    .singleElement()
                    .satisfies(key -> assertThat(redis.commands().pttl(key)).isBetween(1L, days(1)));
        }
    }

    @Test
    void nothing_is_sent_where_nothing_happened() {
        try (Member member = new Member(Clients.LETTUCE)) {
            member.write();
            member.hit();
            member.write();
            redis.commands().configResetstat();
            member.write();
            member.write();

            assertThat(redis.commands().info("commandstats")).doesNotContain("cmdstat_eval", "cmdstat_hincrby");
        }
    }

    @Test
    void what_redis_took_but_did_not_confirm_is_sent_again_and_counted_once() {
        try (Member member = new Member(Clients.LETTUCE, "", Duration.ofMillis(200))) {
            member.hit();
            member.write();
            member.hit();
            redis.pause();
            try {
                member.write();
            } finally {
                redis.resume();
            }
            member.hit();
            await().untilAsserted(() -> {
                member.write();
                assertThat(hits(KEY)).isEqualTo("3");
            });
            member.write();
            assertThat(hits(KEY)).isEqualTo("3");
        }
    }

    @Test
    void what_redis_did_not_take_is_kept_until_it_does() throws Exception {
        try (RealRedis own = RealRedis.start();
                Member member = new Member(Clients.LETTUCE, own, "", Duration.ofMillis(500))) {
            member.hit();
            own.kill();
            member.write();
            member.hit();
            member.write();
            own.launch();

            await().untilAsserted(() -> {
                member.write();
                assertThat(own.commands().hget(KEY, "hits")).isEqualTo("2");
            });
        }
    }

    @Test
    void a_circuit_that_no_look_up_closes_again_does_not_keep_the_counts_from_redis() {
        circuit = CircuitState.OPEN;
        try (Member member = new Member(Clients.LETTUCE, redis, "", Duration.ofSeconds(3), Duration.ofMillis(100))) {
            member.hit();
            member.hit("books");
            await().untilAsserted(() -> {
                assertThat(hits(KEY)).isEqualTo("1");
                assertThat(hits(BOOKS_KEY)).isEqualTo("1");
            });
        }
    }

    @Test
    void while_the_circuit_is_open_and_redis_does_not_answer_a_single_script_tries_it() {
        circuit = CircuitState.OPEN;
        try (Member member = new Member(Clients.LETTUCE, "", Duration.ofMillis(300))) {
            member.hit();
            member.hit("books");
            redis.commands().configResetstat();
            redis.pause();
            try {
                member.write();
            } finally {
                redis.resume();
            }
            await().until(() -> redis.commands().info("commandstats").contains("cmdstat_evalsha"));
            assertThat(redis.commands().info("commandstats")).contains("cmdstat_evalsha:calls=1,");
            member.write();
            assertThat(List.of(hits(KEY), hits(BOOKS_KEY))).containsExactly("1", "1");
        }
    }

    @Test
    void the_last_counts_are_written_though_the_circuit_is_open() {
        circuit = CircuitState.OPEN;
        try (Member member = new Member(Clients.LETTUCE)) {
            member.hit();
        }
        assertThat(hits(KEY)).isEqualTo("1");
    }

    @Test
    void counts_that_are_lost_in_the_end_are_told_once(CapturedOutput output) {
        try (RealRedis own = RealRedis.start()) {
            Member member = new Member(Clients.LETTUCE, own, "", Duration.ofMillis(500));
            member.hit();
            own.kill();
            member.close();
        }
        assertThat(output.getAll().lines().filter(line -> line.contains("counted last, so the totals")))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("WARN", "127.0.0.1"));
    }

    @Test
    void nothing_is_told_in_the_end_where_nothing_is_lost(CapturedOutput output) {
        try (Member member = new Member(Clients.LETTUCE)) {
            member.hit();
        }
        assertThat(output.getAll()).doesNotContain("counted last");
    }

    @Test
    void whatever_fails_once_the_counts_are_written_on() {
        try (Member member = new Member(Clients.LETTUCE)) {
            member.hit();
            circuitFailure = new AssertionError("once");
            member.write();
            circuitFailure = null;
            member.write();
            assertThat(hits(KEY)).isEqualTo("1");
        }
    }

    @Test
    void a_day_whose_key_is_of_another_type_does_not_keep_the_days_after_it_from_redis(CapturedOutput output) {
        redis.commands().set(KEY, "mine");
        try (Member member = new Member(Clients.LETTUCE)) {
            member.hit();
            member.write();
            now = now.plus(Duration.ofDays(1));
            member.write();
            member.hit();
            member.write();
            assertThat(hits(NEXT_KEY)).isEqualTo("1");

            redis.commands().del(KEY);
            member.write();
            assertThat(hits(KEY)).isEqualTo("1");
            assertThat(hits(NEXT_KEY)).isEqualTo("1");
        }
        assertThat(output.getAll().lines().filter(line -> line.contains("wrong_type")))
                .hasSize(1);
    }

    @Test
    void counts_that_are_thrown_away_are_told(CapturedOutput output) {
        try (Member member = new Member(Clients.LETTUCE)) {
            for (int day = 0; day < 61; day++) {
                redis.commands().set("shop:llm-cache:stats:faq:" + DAY.plusDays(day), "mine");
                member.hit();
                member.write();
                now = now.plus(Duration.ofDays(1));
                member.write();
            }
        }
        assertThat(output.getAll().lines().filter(line -> line.contains("thrown away")))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("WARN", KEY));
    }

    @Test
    void the_last_counts_are_written_at_the_end() {
        try (Member member = new Member(Clients.LETTUCE)) {
            member.hit();
        }
        assertThat(hits(KEY)).isEqualTo("1");
    }

    @ParameterizedTest
    @EnumSource(
            value = CommandType.class,
            names = {"HINCRBY", "EVALSHA", "SET", "PEXPIRE"})
    void a_right_that_is_missing_is_told_once(CommandType command, CapturedOutput output) {
        redis.commands()
                .aclSetuser(
                        "lesser",
                        AclSetuserArgs.Builder.on()
                                .addPassword("secret")
                                .allKeys()
                                .allCommands()
                                .removeCommand(command));
        try (Member member = new Member(Clients.LETTUCE, "lesser", Duration.ofSeconds(3))) {
            for (int i = 0; i < 3; i++) {
                member.hit();
                member.write();
            }
        }
        assertThat(output.getAll().lines().filter(line -> line.contains("llm-cache.stats.enabled")))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("WARN", "denied", "shop:llm-cache:stats:faq:2026-11-23"));
    }

    @Test
    void what_somebody_else_wrote_into_the_hash_hinders_nothing() {
        redis.commands().hset(KEY, Map.of("hits", "many", "note", "mine", "stale", "7"));
        try (Member member = new Member(Clients.LETTUCE)) {
            member.hit();
            member.write();
            member.write();

            assertThat(redis.commands().hgetall(KEY))
                    .containsEntry("hits", "many")
                    .containsEntry("hits:near", "1");
            assertThat(member.read(DAY, DAY).total().stale()).isEqualTo(7);
        }
    }

    @Test
    void numbers_that_nobody_can_have_counted_leave_the_sums_readable() {
        String most = Long.toString(Long.MAX_VALUE);
        Map<String, String> damaged = Map.of(
                "hits",
                most,
                "stale",
                "999999999999999999",
                "misses",
                "-5",
                "loads",
                "1",
                "load-millis",
                "888888888888888",
                "model-hits:near:gpt",
                "999999999999999999",
                "model-loads:gpt",
                "1",
                "model-load-millis:gpt",
                "888888888888888");
        redis.commands().hset(KEY, damaged);
        redis.commands().hset(NEXT_KEY, damaged);
        redis.commands().hset(NEXT_KEY, "coalesced", "7");
        try (Member member = new Member(Clients.LETTUCE)) {
            DailyStatistics read = member.read(DAY, DAY.plusDays(1));

            assertThat(read.total().coalesced()).isEqualTo(7);
            assertThat(read.total().hits()).isZero();
            assertThat(read.total().misses()).isZero();
            assertThat(read.total().stale()).isPositive();
            assertThat(read.total().hitRatio()).isEqualTo(1);
            assertThat(read.total().estimatedTimeSaved().orElseThrow().toMillis())
                    .isPositive();
            assertThat(read.estimatedTimeSaved(DAY).orElseThrow().toMillis()).isPositive();
            ModelCalls ofModel = read.total().calls().getOrDefault("gpt", ModelCalls.NONE);
            assertThat(ofModel.estimatedTimeSaved(ofModel.meanLoadTime().orElseThrow())
                            .toMillis())
                    .isPositive();
        }
    }

    @Test
    void a_key_of_another_type_is_told_once_and_left_alone(CapturedOutput output) {
        redis.commands().set(KEY, "mine");
        try (Member member = new Member(Clients.LETTUCE)) {
            member.hit();
            member.write();
            member.hit();
            member.write();
            assertThat(redis.commands().get(KEY)).isEqualTo("mine");
            assertThat(member.read(DAY.minusDays(1), DAY).days()).isEmpty();

            redis.commands().del(KEY);
            member.write();
            assertThat(hits(KEY)).isEqualTo("2");
        }
        assertThat(output.getAll().lines().filter(line -> line.contains("wrong_type")))
                .hasSize(1);
    }

    @Test
    void too_many_days_and_none_are_refused_and_those_past_the_time_are_left_out() {
        try (Member member = new Member(Clients.LETTUCE)) {
            assertThatIllegalArgumentException().isThrownBy(() -> member.read(DAY, DAY.minusDays(1)));
            assertThatIllegalArgumentException().isThrownBy(() -> member.read(DAY.minusDays(1000), DAY));
            member.hit();
            member.write();

            DailyStatistics read = member.fleet.of("faq", DAY.minusDays(9), DAY, Duration.ZERO);
            assertThat(read.complete()).isFalse();
            assertThat(read.from()).isEqualTo(DAY);
            assertThat(read.total().hits()).isEqualTo(1);
        }
    }

    @Test
    void no_more_than_sixty_parts_wait_for_redis() {
        UnsentCounts counts = new UnsentCounts();
        for (int day = 0; day < 100; day++) {
            counts.take(Map.of("hits", day + 1L), DAY.plusDays(day));
        }
        UnsentCounts.Part first = counts.next(() -> 7, Set.of());
        assertThat(first).isNotNull();
        assertThat(first.day()).isEqualTo(DAY.plusDays(40));
        assertThat(first.counts()).isEqualTo(Map.of("hits", 1L));
        assertThat(counts.next(() -> 8, Set.of()))
                .isSameAs(first)
                .extracting(UnsentCounts.Part::number)
                .isEqualTo(7L);
    }

    private static long days(int days) {
        return TimeUnit.DAYS.toMillis(days);
    }

    private static @Nullable String hits(String key) {
        return redis.commands().hget(key, "hits");
    }

    /** A JVM that counts. */
    private final class Member implements AutoCloseable {

        private final CacheStatistics statistics = new CacheStatistics();
        private final AskedDigests asked = new AskedDigests();
        private final CacheConnection connection;
        private final RedisStatisticsWriter writer;
        private final RedisFleetStatistics fleet;

        Member(Clients client) {
            this(client, redis, "", Duration.ofSeconds(3));
        }

        Member(Clients client, String user, Duration timeout) {
            this(client, redis, user, timeout);
        }

        Member(Clients client, RealRedis redis, String user, Duration timeout) {
            this(client, redis, user, timeout, Duration.ofHours(1));
        }

        Member(Clients client, RealRedis redis, String user, Duration timeout, Duration interval) {
            RedisStandaloneConfiguration server = new RedisStandaloneConfiguration("127.0.0.1", redis.port());
            if (!user.isEmpty()) {
                server.setUsername(user);
                server.setPassword("secret");
            }
            connection = CacheConnection.derivedFrom(client.factory(server), timeout, Clock.systemUTC());
            RedisKeys keys = new RedisKeys("shop:");
            writer = new RedisStatisticsWriter(
                    statistics, asked, connection, keys, this::circuit, interval, Duration.ofDays(90), () -> now);
            fleet = new RedisFleetStatistics(connection, keys);
            await().until(() -> {
                try (var ready = connection.factory().getConnection()) {
                    return ready.ping() != null;
                } catch (RuntimeException ex) {
                    return false;
                }
            });
        }

        private CircuitState circuit() {
            Error failure = circuitFailure;
            if (failure != null) {
                throw failure;
            }
            return circuit;
        }

        void ask(String digest) {
            PromptCacheEvent event =
                    new PromptCacheEvent("faq", CacheOutcome.HIT, "near", null, "gpt", digest, 1, -1, Double.NaN);
            statistics.onCall(event);
            asked.onCall(event);
        }

        void hit() {
            hit("faq");
        }

        void hit(String cache) {
            statistics.onCall(new PromptCacheEvent(
                    cache,
                    CacheOutcome.HIT,
                    "near",
                    null,
                    "gpt",
                    "d",
                    1,
                    -1,
                    Double.NaN,
                    new AnswerCost(10, 20, 1_500)));
        }

        void called(CacheOutcome outcome, @Nullable String tier, @Nullable String model, @Nullable AnswerCost cost) {
            statistics.onCall(new PromptCacheEvent("faq", outcome, tier, null, model, "d", 1, -1, Double.NaN, cost));
        }

        void loaded(String model, AnswerCost cost, Duration time) {
            statistics.onCall(new PromptCacheEvent(
                    "faq", CacheOutcome.MISS, null, null, model, "d", 1, time.toNanos(), Double.NaN, cost));
        }

        void write() {
            writer.write().orTimeout(10, TimeUnit.SECONDS).join();
        }

        DailyStatistics read(LocalDate from, LocalDate to) {
            return fleet.of("faq", from, to);
        }

        @Override
        public void close() {
            writer.close();
            connection.close();
        }
    }
}
