package io.github.llmcache.engine;

import io.github.llmcache.event.BypassReason;
import io.github.llmcache.payload.TokenCount;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A call that passes the cache by, because there is no key for it.
 *
 * @param cache the cache that is passed by
 * @param model the model that is named, or null
 * @param reason why
 * @param directives what the call asks for; with {@code only-if-cached} the method is not called
 * @param tokens tells how many tokens an answer took, or null where it does not tell
 */
public record PromptBypass(
        String cache,
        @Nullable String model,
        BypassReason reason,
        PromptDirectives directives,
        Function<Object, @Nullable TokenCount> tokens) {

    /**
     * Creates a bypass whose answer does not tell its tokens.
     *
     * @param cache the cache that is passed by
     * @param model the model that is named, or null
     * @param reason why
     * @param directives what the call asks for
     */
    public PromptBypass(String cache, @Nullable String model, BypassReason reason, PromptDirectives directives) {
        this(cache, model, reason, directives, answer -> null);
    }

    /**
     * Asks for more.
     *
     * @param more what is asked for besides what the call asks for already
     * @return the same bypass with both
     */
    public PromptBypass with(PromptDirectives more) {
        return new PromptBypass(cache, model, reason, directives.and(more), tokens);
    }
}
