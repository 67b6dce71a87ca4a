package io.github.llmcache.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains a property {@code llm-cache.*} that can't work. */
final class InvalidLlmCachePropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidLlmCachePropertyException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidLlmCachePropertyException cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), cause.action(), cause);
    }
}
