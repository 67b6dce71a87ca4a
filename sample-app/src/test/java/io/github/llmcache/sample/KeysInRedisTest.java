package io.github.llmcache.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.sample.redis.EmbeddedRedis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.DataType;
import org.springframework.data.redis.core.StringRedisTemplate;

/** The sample shows every key of the README's table, with a time to live as here, and the type that the sample's README tells. */
class KeysInRedisTest {

    private static final Duration NEVER_ENDS = Duration.ofMillis(-1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final String DIGEST = "[A-Za-z0-9_-]{43}";

    private static final LocalDate TODAY = LocalDate.now(ZoneOffset.UTC);
    private static final List<String> README = readme();

    private static List<String> readme() {
        try {
            return Files.readAllLines(Path.of("README.md"));
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private final EmbeddedRedis redis = EmbeddedRedis.start();

    @AfterEach
    void stop() {
        redis.close();
    }

    @Test
    void aQuestionKeepsItsAnswerWhatItCanBeEvictedByAndTheUsage() {
        try (Sample sample = start("sample.demo.delay=0s")) {
            sample.askAndKeep("Explain transformers");

            Keys keys = new Keys(sample);
            keys.has("prompt:<digest>", DataType.STRING, HOUR);
            keys.has("llm-cache:index:prompt:model:demo", DataType.ZSET, HOUR.plusSeconds(10));
            keys.has("llm-cache:generation:prompt", DataType.STRING, NEVER_ENDS);
            for (String unit : Set.of("count", "tokens", "cost")) {
                keys.endsAt("usage:everybody:" + unit, TODAY.plusDays(1));
            }
        }
    }

    @Test
    void aFurtherWindowOfTheUsageHasAKeyOfItsOwn() {
        try (Sample sample = start("sample.demo.delay=0s", "llm-cache.usage.limits.month.calls=9000")) {
            sample.ask("Explain transformers");

            new Keys(sample).endsAt("usage:everybody:count:month", TODAY.with(TemporalAdjusters.firstDayOfNextMonth()));
        }
    }

    @Test
    void whileTheModelIsAskedThereIsALease() {
        try (Sample sample = start("sample.demo.delay=3s")) {
            CompletableFuture<Reply> asked = CompletableFuture.supplyAsync(() -> sample.ask("Explain transformers"));

            Keys keys = new Keys(sample);
            keys.has("llm-cache:lease:{prompt:<digest>}", DataType.STRING, Duration.ofSeconds(5));

            assertThat(asked.join().cache()).isEqualTo("MISS");
            keys.hasNone("llm-cache:lease:.*");
        }
    }

    @Test
    void whileTheModelOfAConversationIsAskedThereIsALeaseOfTheField() {
        try (Sample sample = start("sample.demo.delay=3s")) {
            CompletableFuture<Reply> said =
                    CompletableFuture.supplyAsync(() -> sample.say("holidays", "My name is Ada"));

            new Keys(sample)
                    .has("llm-cache:lease:{cache:demo:chat-model}:<digest>", DataType.STRING, Duration.ofSeconds(5));

            assertThat(said.join().cache()).isEqualTo("MISS");
        }
    }

    @Test
    void theCountsOfTheDayAreKeptForNinetyDays() {
        try (Sample sample = start("sample.demo.delay=0s")) {
            sample.ask("Explain transformers");

            Keys keys = new Keys(sample);
            keys.has("llm-cache:stats:prompt:<day>", DataType.HASH, Duration.ofDays(90));
            keys.has("llm-cache:prompts:{prompt}:<day>", DataType.STRING, Duration.ofDays(90));
            keys.has("llm-cache:counted:{llm-cache:stats:prompt:<day>}:<jvm>", DataType.STRING, DAY);
        }
    }

    @Test
    void anEvictionAndAModeStandThere() {
        try (Sample sample = start("sample.demo.delay=0s")) {
            sample.askAndKeep("Explain transformers");

            assertThat(sample.delete("actuator/llmcache/prompt?model=demo").status())
                    .isEqualTo(200);
            assertThat(sample.post("actuator/llmcache", "{\"cache\": \"prompt\", \"mode\": \"read-only\"}")
                            .status())
                    .isEqualTo(200);

            Keys keys = new Keys(sample);
            keys.has("llm-cache:generation:prompt:model:demo", DataType.STRING, DAY);
            keys.has("llm-cache:mode", DataType.HASH, NEVER_ENDS);
            assertThat(keys.redis.<String, String>opsForHash().entries("llm-cache:mode"))
                    .isEqualTo(Map.of("prompt", "read-only"));
        }
    }

    @Test
    void aConversationIsKeptAndItsAnswersAreFieldsOfTheHashOfTheirModel() {
        try (Sample sample = start("sample.demo.delay=0s")) {
            Reply first = sample.say("holidays", "My name is Ada");
            Reply second = sample.say("holidays", "What is my {{name}}?");

            assertThat(first.cache()).isEqualTo("MISS");
            assertThat(second.text("answer")).contains("{{name}}");
            Keys keys = new Keys(sample);
            keys.has("chat:everybody:holidays", DataType.STRING, DAY);
            keys.has("llm-cache:chats:everybody", DataType.ZSET, DAY.plusHours(1));
            keys.has("cache:demo:chat-model", DataType.HASH, HOUR);
            keys.has("llm-cache:index:chat-model:hashes", DataType.ZSET, HOUR.plusSeconds(10));
            await().untilAsserted(() -> assertThat(keys.redis.opsForHash().keys("cache:demo:chat-model"))
                    .hasSize(2)
                    .allMatch(field -> field.toString().matches(DIGEST)));
            assertThat(keys.redis.opsForValue().get("usage:everybody:count")).isEqualTo("2");
        }
    }

    @Test
    void aConversationGoesOnInTheNextInstance() {
        try (Sample sample = start("sample.demo.delay=0s")) {
            sample.say("holidays", "My name is Ada");
        }
        try (Sample next = start("sample.demo.delay=0s")) {
            assertThat(next.say("other", "My name is Ada").cache()).isEqualTo("HIT; tier=redis");
            assertThat(next.say("holidays", "My name is Ada").cache()).isEqualTo("MISS");
            assertThat(next.bean(StringRedisTemplate.class).opsForValue().get("chat:everybody:holidays"))
                    .containsPattern("Ada.*Ada");
        }
    }

    @Test
    void whatIsRegisteredOfAModelStandsThereAndItsVersionCountsWithinASecond() {
        try (Sample sample = start("sample.demo.delay=0s")) {
            sample.askAndKeep("Explain transformers");

            assertThat(sample.post("actuator/llmcachemodels", "{\"model\": \"demo\", \"version\": \"2\"}")
                            .status())
                    .isEqualTo(200);

            Keys keys = new Keys(sample);
            keys.has("model:demo:config", DataType.STRING, NEVER_ENDS);
            await().until(() -> sample.ask("Explain transformers").cache().equals("MISS"));
        }
    }

    @Test
    void anImportAsksWhatNoneAskedBefore() {
        try (Sample sample = start("sample.demo.delay=0s")) {
            Reply first = sample.post("api/import", """
                    {"questions": [{"prompt": "What is a?"}, {"prompt": "what  is A?"}, {"prompt": "What is b?"}]}""");
            Reply second = sample.post("api/import", """
                    {"questions": [{"prompt": "What is b?"}, {"prompt": "What is c?"}]}""");

            assertThat(first.json().get("asked").valueStream().map(prompt -> prompt.asString()))
                    .containsExactly("What is a?", "What is b?");
            assertThat(first.json().get("seenBefore").asInt()).isEqualTo(1);
            assertThat(second.json().get("asked").valueStream().map(prompt -> prompt.asString()))
                    .containsExactly("What is c?");
            Keys keys = new Keys(sample);
            keys.has("dedup:import", DataType.SET, DAY);
            assertThat(keys.redis.opsForSet().size("dedup:import")).isEqualTo(3);
        }
    }

    @Test
    void anImportOfNothingIsRefusedWithWhatToSend() {
        try (Sample sample = start("sample.demo.delay=0s")) {
            for (String wrong : List.of("{\"prompts\": []}", "{\"questions\": [null]}")) {
                Reply refused = sample.post("api/import", wrong);

                assertThat(refused.status()).isEqualTo(400);
                assertThat(refused.text("detail")).contains("{\"questions\": [{\"prompt\": \"…\"}]}");
            }
        }
    }

    @Test
    void keysAreReadableWhereThatIsSet() {
        try (Sample sample = start("sample.demo.delay=0s", "llm-cache.key-style=readable")) {
            sample.askAndKeep("Explain transformers");

            new Keys(sample).has("prompt:explain transformers~<22 characters>", DataType.STRING, HOUR);
        }
    }

    @Test
    void questionsAreFieldsOfAHashWhereThatIsSet() {
        try (Sample sample = start("sample.demo.delay=0s", "llm-cache.layout=hash")) {
            sample.ask("Explain transformers");

            new Keys(sample).has("cache:demo:prompt", DataType.HASH, HOUR);
            await().until(() -> sample.ask("explain TRANSFORMERS").cache().equals("HIT; tier=redis"));
        }
    }

    @Test
    void withoutRedisConversationsAndImportsSayWhy() {
        try (Sample sample = start("sample.demo.delay=0s", "spring.data.redis.timeout=500ms")) {
            redis.close();

            for (Reply reply : new Reply[] {
                sample.say("holidays", "My name is Ada"),
                sample.post("api/import", "{\"questions\": [{\"prompt\": \"What is a?\"}]}")
            }) {
                assertThat(reply.status()).isEqualTo(503);
                assertThat(reply.text("title")).isEqualTo("Redis does not remember");
            }
            assertThat(sample.ask("What is a?").status()).isEqualTo(200);
        }
    }

    private Sample start(String... properties) {
        String[] all = Arrays.copyOf(properties, properties.length + 2);
        all[properties.length] = "spring.data.redis.host=127.0.0.1";
        all[properties.length + 1] = "spring.data.redis.port=" + redis.port();
        return Sample.start(all);
    }

    /** Looks at the keys as a person with {@code redis-cli} does. */
    private record Keys(StringRedisTemplate redis) {

        // What passes between a write and the look at it.
        private static final Duration SLACK = Duration.ofSeconds(30);

        private static final Map<DataType, String> NAMES = Map.of(
                DataType.STRING, "string",
                DataType.HASH, "hash",
                DataType.SET, "set",
                DataType.ZSET, "sorted set");

        Keys(Sample sample) {
            this(sample.bean(StringRedisTemplate.class));
        }

        /** There is one key of such a name, of the type and with the time to live, and the sample's README tells it. */
        void has(String told, DataType type, Duration longest) {
            isTold(told, type);
            await(told).untilAsserted(() -> {
                String key = one(told);
                assertThat(redis.type(key)).as(key).isEqualTo(type);
                Duration left = timeLeft(key);
                if (longest.equals(NEVER_ENDS)) {
                    assertThat(left).as(key).isEqualTo(NEVER_ENDS);
                } else {
                    assertThat(left).as(key).isPositive().isBetween(longest.minus(SLACK), longest);
                }
            });
        }

        private static void isTold(String key, DataType type) {
            assertThat(README)
                    .anyMatch(row -> row.contains("`" + key + "`") && row.contains("| " + NAMES.get(type) + " |"));
        }

        /** There is a counter that ends with its window. */
        void endsAt(String key, LocalDate end) {
            await(key).untilAsserted(() -> {
                assertThat(redis.type(key)).as(key).isEqualTo(DataType.STRING);
                Duration window = Duration.between(Instant.now(), end.atStartOfDay(ZoneOffset.UTC));
                assertThat(timeLeft(key)).as(key).isBetween(window.minusSeconds(2), window.plusSeconds(2));
            });
        }

        void hasNone(String pattern) {
            await(pattern).untilAsserted(() -> assertThat(redis.keys("*")).noneMatch(key -> key.matches(pattern)));
        }

        private String one(String told) {
            Pattern pattern = Pattern.compile(("\\Q" + told + "\\E")
                    .replace("<digest>", "\\E[A-Za-z0-9_-]{43}\\Q")
                    .replace("<22 characters>", "\\E[A-Za-z0-9_-]{22}\\Q")
                    .replace("<day>", "\\E\\d{4}-\\d{2}-\\d{2}\\Q")
                    .replace("<jvm>", "\\E[0-9a-f-]{36}\\Q"));
            List<String> found =
                    redis.keys("*").stream().filter(pattern.asMatchPredicate()).toList();
            assertThat(found).as(told).hasSize(1);
            return found.get(0);
        }

        private Duration timeLeft(String key) {
            return Duration.ofMillis(redis.getExpire(key, TimeUnit.MILLISECONDS));
        }
    }
}
