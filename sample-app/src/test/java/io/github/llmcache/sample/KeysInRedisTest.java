package io.github.llmcache.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.sample.redis.EmbeddedRedis;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.DataType;
import org.springframework.data.redis.core.StringRedisTemplate;

/** The sample shows every key of the README's table, with the type and the time to live that the sample's README tells. */
class KeysInRedisTest {

    private static final Duration NEVER_ENDS = Duration.ofMillis(-1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final String DIGEST = "[A-Za-z0-9_-]{43}";
    private static final String UUID = "[0-9a-f-]{36}";

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
            keys.has("prompt:" + DIGEST, DataType.STRING, HOUR);
            keys.has("llm-cache:index:prompt:model:demo", DataType.ZSET, HOUR.plusSeconds(10));
            keys.has("llm-cache:generation:prompt", DataType.STRING, NEVER_ENDS);
            for (String unit : Set.of("count", "tokens", "cost")) {
                keys.endsWithTheDay("usage:everybody:" + unit);
            }
        }
    }

    @Test
    void whileTheModelIsAskedThereIsALease() {
        try (Sample sample = start("sample.demo.delay=3s")) {
            CompletableFuture<Reply> asked = CompletableFuture.supplyAsync(() -> sample.ask("Explain transformers"));

            Keys keys = new Keys(sample);
            keys.has("llm-cache:lease:\\{prompt:" + DIGEST + "\\}", DataType.STRING, Duration.ofSeconds(5));

            assertThat(asked.join().cache()).isEqualTo("MISS");
            keys.hasNone("llm-cache:lease:.*");
        }
    }

    @Test
    void theCountsOfTheDayAreKeptForNinetyDays() {
        try (Sample sample = start("sample.demo.delay=0s")) {
            sample.ask("Explain transformers");

            Keys keys = new Keys(sample);
            // Midnight may pass meanwhile.
            String day = "(" + LocalDate.now(ZoneOffset.UTC) + "|"
                    + LocalDate.now(ZoneOffset.UTC).plusDays(1) + ")";
            keys.has("llm-cache:stats:prompt:" + day, DataType.HASH, Duration.ofDays(90));
            keys.has("llm-cache:counted:\\{llm-cache:stats:prompt:" + day + "\\}:" + UUID, DataType.STRING, DAY);
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
            keys.endsWithTheDay("usage:everybody:count");
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
            Reply refused = sample.post("api/import", "{\"prompts\": []}");

            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.text("detail")).contains("{\"questions\": [{\"prompt\": \"…\"}]}");
        }
    }

    @Test
    void keysAreReadableWhereThatIsSet() {
        try (Sample sample = start("sample.demo.delay=0s", "llm-cache.key-style=readable")) {
            sample.askAndKeep("Explain transformers");

            new Keys(sample).has("prompt:explain transformers~[A-Za-z0-9_-]{22}", DataType.STRING, HOUR);
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

        Keys(Sample sample) {
            this(sample.bean(StringRedisTemplate.class));
        }

        void has(String pattern, DataType type, Duration longest) {
            await(pattern).untilAsserted(() -> {
                String key = one(pattern);
                assertThat(redis.type(key)).as(key).isEqualTo(type);
                Duration left = timeLeft(key);
                if (longest.equals(NEVER_ENDS)) {
                    assertThat(left).as(key).isEqualTo(NEVER_ENDS);
                } else {
                    assertThat(left).as(key).isPositive().isBetween(longest.minus(SLACK), longest);
                }
            });
        }

        void endsWithTheDay(String key) {
            await(key).untilAsserted(() -> {
                assertThat(redis.type(key)).as(key).isEqualTo(DataType.STRING);
                Duration day = Duration.between(
                        Instant.now(), LocalDate.now(ZoneOffset.UTC).plusDays(1).atStartOfDay(ZoneOffset.UTC));
                assertThat(timeLeft(key)).as(key).isBetween(day.minusSeconds(2), day.plusSeconds(2));
            });
        }

        void hasNone(String pattern) {
            await(pattern).untilAsserted(() -> assertThat(redis.keys("*")).noneMatch(key -> key.matches(pattern)));
        }

        private String one(String pattern) {
            assertThat(redis.keys("*")).filteredOn(key -> key.matches(pattern)).hasSize(1);
            return redis.keys("*").stream()
                    .filter(key -> key.matches(pattern))
                    .findFirst()
                    .orElseThrow();
        }

        private Duration timeLeft(String key) {
            return Duration.ofMillis(redis.getExpire(key, TimeUnit.MILLISECONDS));
        }
    }
}
