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
 * @param subject whose usage the call is, or null for whom {@link CallSubject} tells when the call begins
 */
public record PromptBypass(
        String cache,
        @Nullable String model,
        BypassReason reason,
        PromptDirectives directives,
        Function<Object, @Nullable TokenCount> tokens,
        @Nullable String subject) {

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
     * Creates a bypass whose subject is told when it begins.
     *
     * @param cache the cache that is passed by
     * @param model the model that is named, or null
     * @param reason why
     * @param directives what the call asks for
     * @param tokens tells how many tokens an answer took, or null where it does not tell
     */
    public PromptBypass(
            String cache,
            @Nullable String model,
            BypassReason reason,
            PromptDirectives directives,
            Function<Object, @Nullable TokenCount> tokens) {
        this(cache, model, reason, directives, tokens, null);
    }

    /**
     * Asks for more.
     *
     * @param more what is asked for besides what the call asks for already
     * @return the same bypass with both
     */
    public PromptBypass with(PromptDirectives more) {
        return new PromptBypass(cache, model, reason, directives.and(more), tokens, subject);
    }
}
