package io.github.llmcache.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CachedAnswersTest {

    private final ModelStub model = ModelStub.openAi();
    private final Sample sample = Sample.start(
            "sample.openai.base-url=" + model.url() + "/v1",
            "sample.openai.api-key=sk-test",
            "sample.openai.model-name=stub-1");

    @AfterEach
    void stop() {
        sample.close();
        model.close();
    }

    @Test
    void theFirstQuestionIsAMissThatTheModelAnswers() {
        Reply reply = sample.askAndKeep("Explain transformers");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text("answer")).isEqualTo("Answer 1");
        assertThat(reply.text("outcome")).isEqualTo("MISS");
        assertThat(reply.json().get("tier").isNull()).isTrue();
        assertThat(reply.json().get("millis").isIntegralNumber()).isTrue();
        assertThat(reply.cache()).isEqualTo("MISS");
        assertThat(model.calls()).hasSize(1);
        ModelStub.Call call = model.calls().get(0);
        assertThat(call.path()).isEqualTo("/v1/chat/completions");
        assertThat(call.key()).isEqualTo("sk-test");
        assertThat(call.body().get("model").asString()).isEqualTo("stub-1");
        assertThat(call.body().at("/messages/0/role").asString()).isEqualTo("system");
        assertThat(call.body().at("/messages/1/content").asString()).isEqualTo("Explain transformers");
    }

    @Test
    void theSameQuestionInOtherCaseAndSpacingIsAHitAndNoCall() {
        sample.askAndKeep("Explain transformers");

        Reply reply = sample.ask("  explain \n TRANSFORMERS ");

        assertThat(reply.text("answer")).isEqualTo("Answer 1");
        assertThat(reply.text("outcome")).isEqualTo("HIT");
        assertThat(reply.text("tier")).isEqualTo("redis");
        assertThat(reply.cache()).isEqualTo("HIT; tier=redis");
        assertThat(model.calls()).hasSize(1);
    }

    @Test
    void anotherQuestionIsAnotherCall() {
        sample.askAndKeep("Explain transformers");

        Reply reply = sample.askAndKeep("Explain transformer");

        assertThat(reply.text("answer")).isEqualTo("Answer 2");
        assertThat(reply.cache()).isEqualTo("MISS");
        assertThat(model.calls()).hasSize(2);
    }

    @Test
    void bracesInAQuestionReachTheModelAsTheyAre() {
        Reply reply = sample.askAndKeep("What does {{name}} mean in a template?");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(model.calls().get(0).body().at("/messages/1/content").asString())
                .isEqualTo("What does {{name}} mean in a template?");
    }

    @Test
    void theStatusCountsQuestionsAndHits() {
        sample.askAndKeep("Explain transformers");
        sample.ask("explain transformers");

        Reply status = sample.get("api/status");

        assertThat(status.json().at("/totals/asked").asInt()).isEqualTo(2);
        assertThat(status.json().at("/totals/spared").asInt()).isEqualTo(1);
        assertThat(status.json().at("/model/name").asString())
                .isEqualTo("openai/stub-1@" + model.url().replace("http://", ""));
        assertThat(status.json().at("/model/demo").asBoolean()).isFalse();
        assertThat(status.json().at("/redis/embedded").asBoolean()).isTrue();
        assertThat(status.body()).doesNotContain("sk-test");
    }

    @Test
    void theStatusTellsTheTokensThatHitsSavedHereAndInAllInstances() {
        sample.askAndKeep("Explain transformers");
        sample.ask("explain transformers");

        assertThat(sample.get("api/status").json().at("/totals/saved/tokens").asLong())
                .isEqualTo(23);
        assertThat(sample.get("api/status").json().at("/totals/saved/money").asDouble())
                .isZero();
        await().untilAsserted(() -> assertThat(
                        sample.get("api/status").json().at("/fleet/tokens").asLong())
                .isEqualTo(23));
    }

    @Test
    void theDemoModelHasPricesSoThatThereIsMoneyToSee() {
        try (Sample demo = Sample.start()) {
            demo.streamAndKeep("Explain transformers");
            demo.stream("explain transformers");

            assertThat(demo.get("api/status").json().at("/totals/saved/money").asDouble())
                    .isBetween(0.0001, 0.01);
        }
    }

    @Test
    void theStatusIsToldWithoutTheCacheToo() {
        try (Sample uncached = Sample.start("llm-cache.enabled=false")) {
            assertThat(uncached.get("api/status").json().get("fleet").isNull()).isTrue();
            assertThat(uncached.get("api/status")
                            .json()
                            .at("/totals/saved/tokens")
                            .asInt())
                    .isZero();
        }
    }

    @Test
    void theApplicationIsHealthyAndOpensItsEndpoints() {
        assertThat(sample.get("actuator/health").text("status")).isEqualTo("UP");
        assertThat(sample.get("actuator/metrics").status()).isEqualTo(200);
        assertThat(sample.get("actuator/env").status()).isEqualTo(404);
    }

    @Test
    void theEndpointShowsWhatIsKept() {
        sample.askAndKeep("Explain transformers");

        assertThat(sample.get("actuator/llmcache").body()).contains("\"prompt\"");
        assertThat(sample.get("actuator/llmcache/prompt").body())
                .contains("explain transformers", "openai/stub-1@127.0.0.1:");
    }

    @Test
    void withoutTheCacheEveryQuestionIsAnsweredByTheModel() {
        try (Sample uncached =
                Sample.start("llm-cache.enabled=false", "sample.openai.base-url=" + model.url() + "/v1")) {
            assertThat(uncached.ask("Explain transformers").cache()).isEqualTo("BYPASS");
            assertThat(uncached.ask("Explain transformers").text("answer")).isEqualTo("Answer 2");
        }
    }
}
