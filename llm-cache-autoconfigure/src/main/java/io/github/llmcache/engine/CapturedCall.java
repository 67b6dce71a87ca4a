package io.github.llmcache.engine;

import io.github.llmcache.event.BypassReason;
import io.github.llmcache.key.PromptKeyGenerator;
import io.github.llmcache.key.PromptRequest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A call that was not made, and all that can be told of it.
 *
 * @param cache the cache that it would use
 * @param model the model that is named, or null
 * @param call what it would ask, or null if it has no key
 * @param bypass why it has none, or null if it has one
 * @param request what its key is made from; without a key as much of it as could be told, or null
 * @param keys makes the keys of such requests
 */
public record CapturedCall(
        String cache,
        @Nullable String model,
        @Nullable PromptCall call,
        @Nullable BypassReason bypass,
        @Nullable PromptRequest request,
        PromptKeyGenerator keys) {

    /**
     * Creates a call that has a key.
     *
     * @param call what it would ask
     * @param request what its key is made from, or null where that can't be told
     * @param keys makes the keys of such requests
     * @return the call
     */
    public static CapturedCall of(PromptCall call, @Nullable PromptRequest request, PromptKeyGenerator keys) {
        return new CapturedCall(
                call.policy().cache(), call.policy().model(), Objects.requireNonNull(call), null, request, keys);
    }

    /**
     * Creates a call that passes the cache by.
     *
     * @param bypass what is passed by, and why
     * @param keys makes the keys of such requests
     * @return the call
     */
    public static CapturedCall of(PromptBypass bypass, PromptKeyGenerator keys) {
        return new CapturedCall(bypass.cache(), bypass.model(), null, bypass.reason(), null, keys);
    }

    /** Names the cache, never what was asked. */
    @Override
    public String toString() {
        return "CapturedCall[cache=" + cache + "]";
    }
}
