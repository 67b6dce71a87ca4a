package io.github.llmcache.sample;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class ModelFailureTest {

    private final ModelStub model = ModelStub.openAi();
    private final Sample sample =
            Sample.start("sample.openai.base-url=" + model.url() + "/v1", "sample.openai.api-key=sk-canary");

    @AfterEach
    void stop() {
        sample.close();
        model.close();
    }

    @Test
    void aFailureIsShownAndNotKeptAndTheNextQuestionIsAnswered() {
        model.fail(500);
        Reply failed = sample.ask("Explain transformers");
        model.recover();
        Reply answered = sample.askAndKeep("Explain transformers");

        assertThat(failed.status()).isEqualTo(502);
        assertThat(failed.type()).isEqualTo("application/problem+json");
        assertThat(failed.text("title")).isEqualTo("The model gave no answer");
        assertThat(answered.text("outcome")).isEqualTo("MISS");
        assertThat(answered.text("answer")).isEqualTo("Answer 2");
    }

    @Test
    void theDetailNamesTheFailureButNeverTheKey(CapturedOutput output) {
        model.fail(404);

        Reply reply = sample.ask("Explain transformers");

        assertThat(reply.status()).isEqualTo(502);
        assertThat(reply.text("detail")).contains("does not know the model");
        assertThat(reply.body()).doesNotContain("sk-canary");
        assertThat(output).contains("gave no answer").doesNotContain("sk-canary");
    }

    @Test
    void aModelThatCannotBeReachedIsAFailureToo() {
        model.close();

        assertThat(sample.ask("Explain transformers").status()).isEqualTo(502);
    }
}
