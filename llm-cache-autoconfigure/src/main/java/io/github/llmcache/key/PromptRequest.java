package io.github.llmcache.key;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was asked, whole: everything that an answer may depend on.
 *
 * <p>Immutable, as far as the arguments are.
 *
 * @param cache the name of the cache
 * @param method the identity of the method or model that is asked
 * @param returnShape a description of the answer's type, so that a changed type misses
 * @param templates the texts that the prompt is built from besides the arguments (system message, user message)
 * @param model the name of the model, or null where none is named
 * @param modelVersion the registered version of the model, or null
 * @param templateVersion the version of the template, or null
 * @param cacheVersion the version that joins every key of the application, or null
 * @param scope whose answer it is, or null where the answer is everybody's
 * @param arguments the arguments in their order, the prompt among them already normalized; elements may be null
 * @param prompt the normalized prompt, for people to read, or null where none is known
 */
public record PromptRequest(
        String cache,
        String method,
        String returnShape,
        List<String> templates,
        @Nullable String model,
        @Nullable String modelVersion,
        @Nullable String templateVersion,
        @Nullable String cacheVersion,
        @Nullable String scope,
        List<@Nullable Object> arguments,
        @Nullable String prompt) {

    /** Copies the lists. */
    public PromptRequest {
        templates = List.copyOf(templates);
        arguments = Collections.unmodifiableList(new ArrayList<>(arguments));
    }

    /** Names the cache and the method, never what was asked. */
    @Override
    public String toString() {
        return "PromptRequest[cache=" + cache + ", method=" + method + "]";
    }
}
