package io.github.llmcache.benchmarks;

import static io.github.llmcache.benchmarks.MeasuredApplication.ANSWER;

import io.github.llmcache.annotation.CachedPrompt;
import org.springframework.cache.annotation.Cacheable;

/** A model that answers at once, cached by each of the peers that are asked by an annotation. */
public class Oracle {

    /** Asks by way of llm-cache. */
    @CachedPrompt(model = "benchmark")
    public String ask(String question) {
        return ANSWER;
    }

    /** Asks by way of Spring's cache. */
    @Cacheable("plain")
    public String askPlainly(String question) {
        return ANSWER;
    }

    /** Asks the model. */
    public String askModel(String question) {
        return ANSWER;
    }
}
