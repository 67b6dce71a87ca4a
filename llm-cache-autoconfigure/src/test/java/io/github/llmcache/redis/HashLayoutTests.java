package io.github.llmcache.redis;

import static io.github.llmcache.redis.Applications.awaitHit;
import static io.github.llmcache.redis.Applications.outcomeOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.autoconfigure.operations.LlmCacheOperationsAutoConfiguration;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.operations.PromptCacheOperations;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.CacheBrowser;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.Eviction;
import io.github.llmcache.tier.TierLookup;
import io.lettuce.core.RedisException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;

/** What is only so in the hash layout: times of fields, round trips, many models, with every kind of client. */
@ParameterizedClass
@EnumSource
class HashLayoutTests {

    private static final String HASH = "cache:demo:prompt";

    @Parameter
    @SuppressWarnings("NullAway.Init") // set before each test
    private Clients client;

    private final RealRedis redis = RealRedis.shared();
    private final List<Jvm> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(Jvm::close);
    }

    @Test
    void an_answer_ends_at_its_own_time_while_others_in_its_hash_live_on() {
        Jvm one = jvm();
        store(one, "long", Duration.ofMinutes(10));
        store(one, "short", Duration.ofMillis(400));

        await().atMost(Duration.ofSeconds(5)).until(() -> !one.has("short"));

        assertThat(one.has("long")).isTrue();
        assertThat(one.granted("short").found()).isEqualTo(TierLookup.Miss.INSTANCE);
        assertThat(Jvm.get(one.tier.lookupAsync(Jvm.key("short")))).isEqualTo(TierLookup.Miss.INSTANCE);
        assertThat(one.tier.lookupAll(List.of(Jvm.key("short"), Jvm.key("long"))))
                .satisfiesExactly(
                        ended -> assertThat(ended).isEqualTo(TierLookup.Miss.INSTANCE),
                        lives -> assertThat(lives).isInstanceOf(TierLookup.Hit.class));
    }

    @Test
    void the_hash_lives_as_long_as_its_longest_field_and_a_field_no_longer_than_its_own_time() {
        Jvm one = jvm();
        store(one, "short", Duration.ofSeconds(60));
        assertThat(redis.commands().pttl(HASH)).isBetween(50_000L, 60_000L);
        store(one, "long", Duration.ofSeconds(600));
        store(one, "other", Duration.ofSeconds(60));

        assertThat(redis.commands().pttl(HASH)).isBetween(590_000L, 600_000L);
        if (fieldsExpire()) {
            assertThat(redis.commands().hpttl(HASH, "short", "long"))
                    .satisfiesExactly(left -> assertThat(left).isBetween(50_000L, 60_000L), left -> assertThat(left)
                            .isBetween(590_000L, 600_000L));
        }
    }

    @Test
    void fields_that_have_ended_are_taken_away_by_later_stores_where_the_server_does_not_do_it() {
        Jvm one = jvm();
        store(one, "first", Duration.ofMinutes(10));
        String ended = new String(
                new EntryCodec().write(Jvm.entry("old"), Instant.now().minusSeconds(1)), StandardCharsets.UTF_8);
        String foreign = "{\"v\":1,\"payload\":{\"expiresAt\":1}}";
        for (int i = 0; i < 300; i++) {
            redis.commands().hset(HASH, "old " + i, ended);
        }
        redis.commands().hset(HASH, "foreign", foreign);

        for (int i = 0; i < 300; i++) {
            store(one, "new " + i, Duration.ofMinutes(10));
        }

        List<String> fields = redis.commands().hkeys(HASH);
        assertThat(fields.stream().filter(field -> field.startsWith("new "))).hasSize(300);
        assertThat(fields).contains("first", "foreign");
        if (!fieldsExpire()) {
            assertThat(fields.stream().filter(field -> field.startsWith("old ")))
                    .hasSizeLessThan(60);
        }
    }

    @Test
    void a_hash_that_lost_its_time_or_was_moved_here_without_one_gets_it_back_with_the_next_store() {
        Jvm one = jvm();
        store(one, "first", Duration.ofMinutes(10));
        redis.commands().persist(HASH);
        store(one, "second", Duration.ofMinutes(5));
        assertThat(redis.commands().pttl(HASH)).isBetween(1L, 600_000L);

        byte[] dump = redis.commands().dump(HASH);
        redis.commands().del(HASH);
        redis.commands().restore(HASH, 0, dump);
        assertThat(one.has("first")).isTrue();
        assertThat(redis.commands().pttl(HASH)).isEqualTo(-1);
        store(one, "third", Duration.ofMinutes(5));
        assertThat(redis.commands().pttl(HASH)).isBetween(1L, 600_000L);

        redis.commands().rename(HASH, "cache:other:prompt");
        assertThat(one.has("first")).isFalse();
        store(one, "fourth", Duration.ofMinutes(5));
        assertThat(redis.commands().pttl(HASH)).isBetween(1L, 300_000L);
        assertThat(one.evict(new Eviction.OfAll())).isEqualTo(4);
        assertThat(redis.answers()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void a_script_does_the_best_that_the_server_knows_of_what_it_is_told(long way) {
        Jvm one = jvm();
        one.connection.fieldExpiry().told(Arrays.asList(1L, way));

        store(one, "why", Duration.ofSeconds(60));

        assertThat(one.has("why")).isTrue();
        assertThat(redis.commands().pttl(HASH)).isBetween(50_000L, 60_000L);
        if (fieldsExpire() && way < 3) {
            assertThat(redis.commands().hpttl(HASH, "why")).singleElement().satisfies(left -> assertThat(left)
                    .isBetween(50_000L, 60_000L));
        }
        long learned = fieldsExpire() ? way : 3;
        assertThat(new String(one.connection.fieldExpiry().worthATry(), StandardCharsets.US_ASCII))
                .isEqualTo(Long.toString(learned));
    }

    @Test
    void a_lookup_is_one_command_and_so_is_one_of_many_answers_of_a_model() {
        Jvm one = jvm();
        List<PromptKey> keys = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            store(one, "why " + i, Duration.ofMinutes(10));
            keys.add(Jvm.key("why " + i));
        }
        one.has("why 1");
        redis.commands().configResetstat();

        assertThat(one.has("why 1")).isTrue();
        assertThat(one.has("how")).isFalse();
        assertThat(one.tier.lookupAll(keys)).hasSize(20).allMatch(TierLookup.Hit.class::isInstance);

        assertThat(redis.commands().info("commandstats"))
                .contains("cmdstat_hget:calls=2,", "cmdstat_hmget:calls=1,")
                .doesNotContain("cmdstat_get:", "cmdstat_pttl:", "cmdstat_hgetall:");
    }

    @Test
    void answers_of_many_models_come_back_in_the_order_of_the_questions() {
        Jvm one = jvm();
        List<PromptKey> keys = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            PromptKey key = new PromptKey("prompt", "why " + i, null, i % 3 == 0 ? null : "model " + i % 3);
            keys.add(key);
            if (i % 5 != 0) {
                Jvm.get(one.tier.store(key, Jvm.entry("why " + i), Jvm.TTL));
            }
        }

        List<TierLookup> found = one.tier.lookupAll(keys);

        for (int i = 0; i < 300; i++) {
            if (i % 5 == 0) {
                assertThat(found.get(i)).isEqualTo(TierLookup.Miss.INSTANCE);
            } else {
                String digest = "why " + i;
                assertThat(found.get(i)).isInstanceOfSatisfying(TierLookup.Hit.class, hit -> assertThat(
                                hit.entry().digest())
                        .isEqualTo(digest));
            }
        }
    }

    @Test
    void an_answer_of_one_model_is_not_found_as_that_of_another_with_a_similar_name() {
        Jvm one = jvm();
        for (String model : List.of("a", "a:b", "a%3Ab", "none", "~none", "x".repeat(101), "x".repeat(102))) {
            PromptKey key = new PromptKey("prompt", "why", null, model);
            assertThat(one.tier.lookup(key)).as(model).isEqualTo(TierLookup.Miss.INSTANCE);
            Jvm.get(one.tier.store(key, Jvm.entry("why"), Jvm.TTL));
        }
        assertThat(one.tier.lookup(new PromptKey("prompt", "why", null))).isEqualTo(TierLookup.Miss.INSTANCE);
        assertThat(redis.answers()).hasSize(7);
    }

    @Test
    void exported_answers_come_back_from_a_file_in_either_layout(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("answers.jsonl");
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        Applications.on(redis)
                .withConfiguration(AutoConfigurations.of(LlmCacheOperationsAutoConfiguration.class))
                .withPropertyValues("llm-cache.layout=hash")
                .run(context -> {
                    Oracle oracle = context.getBean(Oracle.class);
                    PromptCacheOperations operations = context.getBean(PromptCacheOperations.class);
                    for (int i = 0; i < 50; i++) {
                        String question = "Why " + i;
                        awaitHit(context, () -> oracle.ask(question));
                    }
                    assertThat(redis.answers()).containsExactly(HASH);
                    operations.export("prompt", lines);
                });
        Files.write(file, lines.toByteArray());
        for (String layout : List.of("hash", "string")) {
            redis.commands().flushall();
            Applications.on(redis)
                    .withConfiguration(AutoConfigurations.of(LlmCacheOperationsAutoConfiguration.class))
                    .withPropertyValues("llm-cache.layout=" + layout)
                    .run(context -> {
                        Oracle oracle = context.getBean(Oracle.class);
                        context.getBean(PromptCacheOperations.class).warm(file);
                        assertThat(context.getBean(CacheBrowser.class)
                                        .count("prompt", Duration.ofSeconds(20))
                                        .entries())
                                .isEqualTo(50);
                        assertThat(outcomeOf(context, () -> oracle.ask("Why 7")))
                                .isEqualTo(CacheOutcome.HIT);
                        assertThat(context.getBean(PromptCacheOperations.class).evict(() -> oracle.ask("Why 7")))
                                .isTrue();
                        assertThat(oracle.calls()).isZero();
                        assertThat(context.getBean(PromptCacheOperations.class).evictByModel("prompt", "demo"))
                                .isEqualTo(49);
                        assertThat(redis.answers()).isEmpty();
                    });
        }
    }

    private static void store(Jvm jvm, String digest, Duration ttl) {
        CacheEntry entry = Jvm.entry(digest);
        assertThat(Jvm.get(jvm.shared(digest).lease().store(entry, ttl))).isTrue();
    }

    /** Whether the server lets fields expire. */
    private boolean fieldsExpire() {
        try {
            redis.commands().hpttl("none", "none");
            return true;
        } catch (RedisException ex) {
            return false;
        }
    }

    private Jvm jvm() {
        Jvm jvm = new Jvm(
                client.factory(new RedisStandaloneConfiguration("127.0.0.1", redis.port())),
                Duration.ofSeconds(30),
                Shelf.HASH);
        opened.add(jvm);
        return jvm;
    }
}
