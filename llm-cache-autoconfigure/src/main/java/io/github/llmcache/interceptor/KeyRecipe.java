package io.github.llmcache.interceptor;

import io.github.llmcache.key.NormalizationSteps;
import io.github.llmcache.key.PromptRequest;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How the calls of one method become requests: what is the same for all of them, and what of the arguments counts.
 *
 * @param cache the cache
 * @param method the method's identity, without the bean's name
 * @param returnShape the shape of what it returns
 * @param templates the texts that its prompts are built from, then what its parameters are in those
 * @param templated whether there are such texts
 * @param model the model's name, or null
 * @param templateVersion the template's version, or null
 * @param cacheVersion the version that joins every key, or null
 * @param inKey the positions of the arguments that count where there is no key expression
 * @param promptIndex the position of the prompt, or -1 where no parameter holds it
 * @param directivesIndex the position of the call's directives, or -1 where no parameter holds them
 * @param key the key expression, or null
 * @param scope the scope expression, or null
 * @param normalization the steps by which the prompt is folded
 */
record KeyRecipe(
        String cache,
        String method,
        String returnShape,
        List<String> templates,
        boolean templated,
        @Nullable String model,
        @Nullable String templateVersion,
        @Nullable String cacheVersion,
        List<Integer> inKey,
        int promptIndex,
        int directivesIndex,
        @Nullable PromptExpression key,
        @Nullable PromptExpression scope,
        NormalizationSteps normalization) {

    /**
     * The positions of the arguments that tell calls apart: beside the key the prompt is what people read, and without one
     * there is no key.
     */
    List<Integer> positionsThatTell() {
        return promptIndex < 0 || inKey.contains(promptIndex)
                ? inKey
                : Stream.concat(inKey.stream(), Stream.of(promptIndex)).toList();
    }

    PromptRequest request(
            String bean,
            @Nullable String modelVersion,
            @Nullable String scopeText,
            List<@Nullable Object> arguments,
            @Nullable String prompt) {
        return new PromptRequest(
                cache,
                bean + "@" + method,
                returnShape,
                templates,
                model,
                modelVersion,
                templateVersion,
                cacheVersion,
                scopeText,
                arguments,
                prompt);
    }
}
