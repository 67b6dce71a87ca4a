package io.github.llmcache.sample.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llmcache.sample.ModelStub;
import io.github.llmcache.sample.Reply;
import io.github.llmcache.sample.Sample;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class ProvidersTest {

    private static final String PROMPT = "Explain transformers";

    @ParameterizedTest
    @ValueSource(strings = {"0s", "-1s"})
    void noPatienceAtAllFailsTheStartAndIsNamed(String patience) {
        assertThatThrownBy(() -> Sample.start("sample.patience=" + patience))
                .rootCause()
                .hasMessageContaining("sample.patience")
                .hasMessageContaining("60s");
    }

    @Nested
    class OpenAi extends ProviderContract {

        OpenAi() {
            super(ModelStub.openAi(), "openai", "/v1", "length");
        }

        @Override
        void assertSpoken(ModelStub.Call call, String prompt) {
            assertThat(call.path()).isEqualTo("/v1/chat/completions");
            assertThat(call.keyHeader()).isEqualTo("Authorization");
            assertThat(call.key()).isEqualTo(KEY);
            assertThat(call.body().get("model").asString()).isEqualTo("model-stub");
            assertThat(call.body().at("/messages/1/content").asString()).isEqualTo(prompt);
        }
    }

    @Nested
    class Claude extends ProviderContract {

        Claude() {
            super(ModelStub.anthropic(), "anthropic", "/v1", "max_tokens");
        }

        @Override
        void assertSpoken(ModelStub.Call call, String prompt) {
            assertThat(call.path()).isEqualTo("/v1/messages");
            assertThat(call.keyHeader()).isEqualTo("x-api-key");
            assertThat(call.key()).isEqualTo(KEY);
            assertThat(call.body().get("model").asString()).isEqualTo("model-stub");
            assertThat(call.body().at("/messages/0/content/0/text").asString()).isEqualTo(prompt);
        }
    }

    @Nested
    class Gemini extends ProviderContract {

        Gemini() {
            super(ModelStub.gemini(), "gemini", "/v1beta", "MAX_TOKENS");
        }

        @Override
        void assertSpoken(ModelStub.Call call, String prompt) {
            assertThat(call.path())
                    .isEqualTo("/v1beta/models/model-stub:"
                            + (call.streamed() ? "streamGenerateContent" : "generateContent"));
            assertThat(call.keyHeader()).isEqualTo("x-goog-api-key");
            assertThat(call.key()).isEqualTo(KEY);
            assertThat(call.body().at("/contents/0/parts/0/text").asString()).isEqualTo(prompt);
        }
    }

    @Test
    void theDemoModelAnswersWhereNothingIsSet(CapturedOutput output) {
        try (Sample sample = Sample.start()) {
            Reply reply = sample.askAndKeep(PROMPT);

            assertThat(reply.text("answer"))
                    .contains("“Explain transformers”")
                    .contains("I am the built-in demo model");
            assertThat(sample.ask(PROMPT).cache()).isEqualTo("HIT; tier=redis");
            assertThat(output).contains("The built-in demo model answers, the embedded Redis at 127.0.0.1:");
        }
    }
}
