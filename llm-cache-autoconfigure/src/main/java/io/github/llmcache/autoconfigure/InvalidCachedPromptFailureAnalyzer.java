package io.github.llmcache.autoconfigure;

import io.github.llmcache.interceptor.InvalidCachedPromptException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains a {@code @CachedPrompt} that can't work. */
final class InvalidCachedPromptFailureAnalyzer extends AbstractFailureAnalyzer<InvalidCachedPromptException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidCachedPromptException cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), cause.action(), cause);
    }
}
