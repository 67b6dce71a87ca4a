package io.github.llmcache.sample.model;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of the models, {@code sample.*}; {@code application.yml} fills them from the environment.
 *
 * @param openai OpenAI and every server that speaks its protocol
 * @param anthropic Claude
 * @param gemini Gemini
 * @param patience how long a provider may take to answer, and to go on with a stream; above zero
 * @param demo the built-in model
 */
@ConfigurationProperties("sample")
record ModelProperties(
        ModelAccess openai,
        ModelAccess anthropic,
        ModelAccess gemini,
        @DefaultValue("60s") Duration patience,
        Demo demo) {

    ModelProperties {
        if (patience.isNegative() || patience.isZero()) {
            throw new IllegalArgumentException(
                    "sample.patience has to be above zero, such as 60s: nobody answers in no time.");
        }
    }

    /**
     * The settings of the built-in model.
     *
     * @param delay how long it thinks
     */
    record Demo(Duration delay) {}

    Provider provider() {
        if (openai.hasKey() || openai.hasBaseUrl()) {
            return Provider.OPENAI;
        }
        if (anthropic.hasKey()) {
            return Provider.ANTHROPIC;
        }
        return gemini.hasKey() ? Provider.GEMINI : Provider.DEMO;
    }
}
