package io.github.llmcache.engine;

import io.github.llmcache.event.BypassReason;
import org.jspecify.annotations.Nullable;

/**
 * A call that passes the cache by, because there is no key for it.
 *
 * @param cache the cache that is passed by
 * @param model the model that is named, or null
 * @param reason why
 * @param directives what the call asks for; with {@code only-if-cached} the method is not called
 */
public record PromptBypass(String cache, @Nullable String model, BypassReason reason, PromptDirectives directives) {}
