package io.github.llmcache.sample.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.sample.ModelStub;
import io.github.llmcache.sample.Reply;
import io.github.llmcache.sample.Sample;
import io.github.llmcache.sample.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class ProvidersTest {

    private static final String PROMPT = "Explain transformers";

    @Test
    void claudeAnswersWhereItsKeyIsSet(CapturedOutput output) {
        try (ModelStub claude = ModelStub.anthropic();
                Sample sample = Sample.start(
                        "sample.anthropic.api-key=sk-ant-canary",
                        "sample.anthropic.base-url=" + claude.url() + "/v1",
                        "sample.anthropic.model-name=claude-stub")) {
            assertAnswersOnceAndKeeps(sample, claude);

            ModelStub.Call call = claude.calls().get(0);
            assertThat(call.path()).isEqualTo("/v1/messages");
            assertThat(call.key()).isEqualTo("sk-ant-canary");
            assertThat(call.body().get("model").asString()).isEqualTo("claude-stub");
            assertThat(call.body().at("/messages/0/content/0/text").asString()).isEqualTo(PROMPT);
            assertThat(output).contains("Model anthropic/claude-stub@127.0.0.1").doesNotContain("sk-ant-canary");
        }
    }

    @Test
    void geminiAnswersWhereItsKeyIsSet(CapturedOutput output) {
        try (ModelStub gemini = ModelStub.gemini();
                Sample sample = Sample.start(
                        "sample.gemini.api-key=canary-key",
                        "sample.gemini.base-url=" + gemini.url() + "/v1beta",
                        "sample.gemini.model-name=gemini-stub")) {
            assertAnswersOnceAndKeeps(sample, gemini);

            ModelStub.Call call = gemini.calls().get(0);
            assertThat(call.path()).isEqualTo("/v1beta/models/gemini-stub:generateContent");
            assertThat(call.key()).isEqualTo("canary-key");
            assertThat(call.body().at("/contents/0/parts/0/text").asString()).isEqualTo(PROMPT);
            assertThat(output).contains("Model gemini/gemini-stub@127.0.0.1").doesNotContain("canary-key");
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

    private static void assertAnswersOnceAndKeeps(Sample sample, ModelStub model) {
        assertThat(sample.askAndKeep(PROMPT).text("answer")).isEqualTo("Answer 1");
        assertThat(sample.ask(PROMPT).cache()).isEqualTo("HIT; tier=redis");
        assertThat(model.calls()).hasSize(1);

        Stream stream = sample.streamAndKeep(PROMPT);
        assertThat(stream.pieces()).containsExactly("Answer", " 2");
        assertThat(stream.outcome()).isEqualTo("MISS");
        assertThat(sample.stream(PROMPT).outcome()).isEqualTo("HIT");
        assertThat(model.calls()).hasSize(2);
    }
}
