package io.github.llmcache.sample;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class StreamedAnswersTest {

    private final ModelStub model = ModelStub.openAi();
    private final Sample sample =
            Sample.start("sample.openai.base-url=" + model.url() + "/v1", "sample.openai.api-key=sk-canary");

    @AfterEach
    void stop() {
        sample.close();
        model.close();
    }

    @Test
    void aMissAndAHitComeInTheSamePieces() {
        Stream miss = sample.streamAndKeep("Explain transformers");
        Stream hit = sample.stream("  explain   TRANSFORMERS ");

        assertThat(miss.reply().type()).startsWith("text/event-stream");
        assertThat(miss.names()).containsExactly("piece", "piece", "done");
        assertThat(miss.pieces()).containsExactly("Answer", " 1");
        assertThat(miss.outcome()).isEqualTo("MISS");
        assertThat(miss.last().get("tier").isNull()).isTrue();
        assertThat(miss.last().get("millis").isIntegralNumber()).isTrue();
        assertThat(hit.pieces()).containsExactly("Answer", " 1");
        assertThat(hit.outcome()).isEqualTo("HIT");
        assertThat(hit.last().get("tier").asString()).isEqualTo("redis");
        assertThat(model.calls()).hasSize(1);
        assertThat(model.calls().get(0).body().at("/messages/0/content").asString())
                .isEqualTo(Assistant.INSTRUCTIONS);
    }

    @Test
    void aStreamMayTakeLongerThanOtherRequestsOfTheServer() {
        try (Sample slow = Sample.start("spring.mvc.async.request-timeout=10ms", "sample.demo.delay=1500ms")) {
            assertThat(slow.stream("Explain transformers").outcome()).isEqualTo("MISS");
        }
    }

    @Test
    void aFailureIsAnEventThatNamesItButNeverTheKey(CapturedOutput output) {
        model.fail(401);
        Stream failed = sample.stream("Explain transformers");
        model.recover();
        Stream answered = sample.streamAndKeep("Explain transformers");

        assertThat(failed.names()).containsExactly("problem");
        assertThat(failed.last().get("title").asString()).isEqualTo("The model gave no answer");
        assertThat(failed.last().get("detail").asString()).contains("refuses the API key");
        assertThat(failed.reply().body()).doesNotContain("sk-canary");
        assertThat(output).contains("gave no answer").doesNotContain("sk-canary");
        assertThat(answered.outcome()).isEqualTo("MISS");
    }

    @Test
    void halfAnAnswerIsShownAsSuchAndNotKept() {
        model.finish("length");
        Stream half = sample.stream("Explain transformers");
        model.finish("stop");
        Stream whole = sample.streamAndKeep("Explain transformers");

        assertThat(half.names()).containsExactly("piece", "piece", "problem");
        assertThat(half.last().get("title").asString()).isEqualTo("The answer is not whole");
        assertThat(whole.outcome()).isEqualTo("MISS");
        assertThat(whole.answer()).isEqualTo("Answer 2");
    }

    @Test
    void aQuestionThatCannotBeAskedIsRefusedBeforeTheStream() {
        Reply blank = sample.stream("  ").reply();
        Reply missing = sample.get("api/ask/stream");

        assertThat(blank.status()).isEqualTo(400);
        assertThat(blank.type()).isEqualTo("application/problem+json");
        assertThat(blank.text("detail")).isEqualTo("The prompt is blank.");
        assertThat(missing.status()).isEqualTo(400);
    }

    @Test
    void withoutTheCacheTheModelStreamsEveryAnswer() {
        try (Sample uncached =
                Sample.start("llm-cache.enabled=false", "sample.openai.base-url=" + model.url() + "/v1")) {
            assertThat(uncached.stream("Explain transformers").outcome()).isEqualTo("BYPASS");
            assertThat(uncached.stream("Explain transformers").answer()).isEqualTo("Answer 2");
        }
    }
}
