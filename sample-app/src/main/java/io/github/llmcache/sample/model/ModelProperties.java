package io.github.llmcache.sample.model;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The settings of the models, {@code sample.*}; {@code application.yml} fills them from the environment.
 *
 * @param openai OpenAI and every server that speaks its protocol
 * @param anthropic Claude
 * @param gemini Gemini
 * @param patience how long a provider may take to answer, and to go on with a stream
 * @param demo the built-in model
 */
@ConfigurationProperties("sample")
record ModelProperties(ModelAccess openai, ModelAccess anthropic, ModelAccess gemini, Duration patience, Demo demo) {

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
