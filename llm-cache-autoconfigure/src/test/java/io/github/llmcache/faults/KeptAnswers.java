package io.github.llmcache.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.testing.RealRedis;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads what is in Redis without the cache, and compares it with what is right. */
final class KeptAnswers {

    private static final JsonMapper json = new JsonMapper();

    private KeptAnswers() {}

    /** All entries of a server are right answers, each under a key of its own; tells how many there are. */
    static int check(RealRedis redis, Versions versions) {
        Map<String, String> keys = new HashMap<>();
        for (String key : redis.answers()) {
            String value = redis.commands().get(key);
            if (value == null) {
                continue;
            }
            JsonNode entry = json.readTree(value);
            String answer = entry.get("payload").asString();
            assertThat(key).endsWith(":" + entry.get("digest").asString());
            if (key.startsWith("news:")) {
                String topic = entry.get("prompt").asString();
                int version = Integer.parseInt(answer.split("\\|", 3)[1]);
                assertThat(answer).isEqualTo(OracleModel.newsOf(topic, version));
                assertThat(version)
                        .as("the news of %s that are kept", topic)
                        .isGreaterThanOrEqualTo(versions.oldestKept(topic));
            } else {
                assertThat(answer)
                        .isEqualTo(OracleModel.answerTo(
                                entry.get("model").asString(),
                                entry.path("scope").asString(""),
                                entry.get("prompt").asString()));
            }
            assertThat(keys.put(answer, key)).as("another key for the same").isNull();
        }
        return keys.size();
    }
}
