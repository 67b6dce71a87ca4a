package io.github.llmcache.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.sample.redis.EmbeddedRedis;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class DashboardDataTest {

    private final EmbeddedRedis redis = EmbeddedRedis.start();
    private final Sample sample = Sample.start(properties());

    @AfterEach
    void stop() {
        sample.close();
        redis.close();
    }

    @Test
    void theHistoryEndsWithTheTotals() {
        sample.askAndKeep("Explain transformers");
        sample.ask("explain transformers");

        JsonNode moments = sample.get("api/history").json().get("moments");
        JsonNode last = moments.get(moments.size() - 1);

        assertThat(last.get("totals")).isEqualTo(sample.get("api/status").json().get("totals"));
        assertThat(last.at("/totals/asked").asInt()).isEqualTo(2);
        assertThat(last.at("/totals/spared").asInt()).isEqualTo(1);
        assertThat(last.at("/totals/saved/money").asDouble()).isBetween(0.0001, 0.01);
        assertThat(Instant.parse(last.get("at").asString()))
                .isBetween(Instant.now().minusSeconds(60), Instant.now());
    }

    @Test
    void theDaysOutliveTheInstance() {
        sample.askAndKeep("Explain transformers");
        sample.ask("explain transformers");
        sample.close();

        try (Sample next = Sample.start(properties())) {
            assertThat(next.get("api/history").json().get("moments")).isEmpty();
            JsonNode days = next.get("api/history/days").json().get("days");
            assertThat(days).hasSize(1);
            assertThat(LocalDate.parse(days.get(0).get("date").asString()))
                    .isBetween(LocalDate.now(ZoneOffset.UTC).minusDays(1), LocalDate.now(ZoneOffset.UTC));
            assertThat(days.get(0).at("/totals/asked").asInt()).isEqualTo(2);
            assertThat(days.get(0).at("/totals/spared").asInt()).isEqualTo(1);
            assertThat(days.get(0).at("/totals/saved/tokens").asInt()).isPositive();
        }
    }

    @Test
    void theDaysCountQuestionsAndConversations() {
        sample.askAndKeep("Explain transformers");
        sample.say("holidays", "My name is Ada");
        await().until(() -> sample.say("other-" + System.nanoTime(), "My name is Ada")
                .cache()
                .startsWith("HIT"));

        await().untilAsserted(() -> {
            JsonNode totals = sample.get("api/history/days").json().at("/days/0/totals");
            JsonNode sinceTheStart = sample.get("api/status").json().get("totals");
            assertThat(totals.get("asked")).isEqualTo(sinceTheStart.get("asked"));
            assertThat(totals.get("spared")).isEqualTo(sinceTheStart.get("spared"));
            assertThat(totals.at("/saved/tokens")).isEqualTo(sinceTheStart.at("/saved/tokens"));
        });
        assertThat(sample.get("api/status").json().at("/fleet/tokens").asInt()).isPositive();
    }

    @Test
    void theRecentCallsAreThoseOfAllWithTheTextAsItWasAsked() {
        sample.askAndKeep("Explain transformers");
        sample.ask(" EXPLAIN transformers");
        sample.streamAndKeep("Explain whales");
        sample.ask("   ");

        JsonNode calls = sample.get("api/calls").json().get("calls");

        assertThat(calls).hasSize(3);
        assertThat(calls.get(0).get("prompt").asString()).isEqualTo("Explain whales");
        assertThat(calls.get(1).get("prompt").asString()).isEqualTo(" EXPLAIN transformers");
        assertThat(calls.get(1).get("outcome").asString()).isEqualTo("HIT");
        assertThat(calls.get(1).get("tier").asString()).isEqualTo("redis");
        assertThat(calls.get(2).get("outcome").asString()).isEqualTo("MISS");
        assertThat(calls.get(2).get("tier").isNull()).isTrue();
        assertThat(calls.get(1).get("millis").asDouble()).isPositive();
    }

    @Test
    void theBudgetTellsWhatTheModelWasAskedAndNotWhatTheCacheAnswered() {
        sample.askAndKeep("Explain transformers");
        sample.ask("explain transformers");

        Reply budget = sample.get("api/budget");

        assertThat(budget.json().get("known").asBoolean()).isTrue();
        JsonNode calls = line(budget, "CALLS");
        assertThat(calls.get("window").asString()).isEqualTo("DAY");
        assertThat(calls.get("used").asInt()).isEqualTo(1);
        assertThat(calls.get("limit").asInt()).isEqualTo(1000);
        assertThat(Instant.parse(calls.get("resetsAt").asString())).isAfter(Instant.now());
        assertThat(line(budget, "MONEY").get("used").asDouble()).isBetween(0.0001, 0.01);
    }

    @Test
    void withoutRedisOnlyWhatIsInRedisIsUnknown() {
        sample.askAndKeep("Explain transformers");
        redis.close();

        await().untilAsserted(() -> assertThat(
                        sample.get("api/budget").json().get("known").asBoolean(true))
                .isFalse());
        assertThat(sample.get("api/history/days").json().get("days").isNull()).isTrue();
        assertThat(sample.ask("Explain transformers").status()).isEqualTo(200);
        assertThat(sample.get("api/calls").json().get("calls")).hasSize(2);
        assertThat(sample.get("api/history").json().get("moments")).isNotEmpty();
    }

    @Test
    void withoutTheCacheNothingIsToldAndNothingFails() {
        try (Sample uncached = Sample.start("llm-cache.enabled=false")) {
            uncached.ask("Explain transformers");

            assertThat(uncached.get("api/history").json().get("moments")).isEmpty();
            assertThat(uncached.get("api/history/days").json().get("days").isNull())
                    .isTrue();
            assertThat(uncached.get("api/calls").json().get("calls")).isEmpty();
            assertThat(uncached.get("api/budget").json().get("lines")).isEmpty();
        }
    }

    private static JsonNode line(Reply budget, String unit) {
        return budget.json()
                .get("lines")
                .valueStream()
                .filter(line -> line.get("unit").asString().equals(unit))
                .findFirst()
                .orElseThrow();
    }

    private String[] properties() {
        return new String[] {"spring.data.redis.host=127.0.0.1", "spring.data.redis.port=" + redis.port()};
    }
}
