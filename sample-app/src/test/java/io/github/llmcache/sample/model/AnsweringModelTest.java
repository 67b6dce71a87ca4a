package io.github.llmcache.sample.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AnsweringModelTest {

    private static final ModelAccess NONE = new ModelAccess("", "", "some");

    @Test
    void withoutAnyKeyTheDemoModelAnswers() {
        assertThat(AnsweringModel.of(properties(NONE, NONE, NONE))).isEqualTo(new AnsweringModel("demo", true));
    }

    @Test
    void openAiComesBeforeClaudeAndClaudeBeforeGemini() {
        ModelAccess key = new ModelAccess("key", "", "m");

        assertThat(name(key, key, key)).isEqualTo("openai/m");
        assertThat(name(NONE, key, key)).isEqualTo("anthropic/m");
        assertThat(name(NONE, NONE, key)).isEqualTo("gemini/m");
    }

    @Test
    void aCompatibleServerNeedsNoKey() {
        ModelAccess ollama = new ModelAccess("", "http://localhost:11434/v1", "llama3.2:3b");

        assertThat(name(ollama, NONE, NONE)).isEqualTo("openai/llama3.2:3b@localhost:11434");
    }

    @Test
    void credentialsInAnAddressAreNotPartOfTheName() {
        ModelAccess proxied = new ModelAccess("", "https://user:secret@models.example/v1?key=secret", "m");

        assertThat(name(proxied, NONE, NONE)).isEqualTo("openai/m@models.example");
    }

    @Test
    void aKeyIsNotPrinted() {
        assertThat(new ModelAccess("secret", "", "m")).hasToString("ModelAccess[m]");
    }

    private static String name(ModelAccess openai, ModelAccess anthropic, ModelAccess gemini) {
        return AnsweringModel.of(properties(openai, anthropic, gemini)).name();
    }

    private static ModelProperties properties(ModelAccess openai, ModelAccess anthropic, ModelAccess gemini) {
        return new ModelProperties(
                openai, anthropic, gemini, Duration.ofSeconds(1), new ModelProperties.Demo(Duration.ZERO));
    }
}
