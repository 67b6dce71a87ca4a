package io.github.llmcache.interceptor;

import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.List;
import java.util.Optional;

/**
 * Knows what the annotations of another framework say about a method that asks a model.
 *
 * <p>Implementations are thread-safe. All beans of this type are asked, once for each cached method and each of its
 * declarations (in the class and in the interfaces), while the application starts.
 */
public interface PromptMethodDialect {

    /**
     * Tells the texts that the framework builds the prompt from besides the arguments, so that changing one misses.
     *
     * @param method a declaration of the cached method
     * @return the texts, empty where there are none
     * @throws IllegalArgumentException if a text can't be read, saying what to mend
     */
    default List<String> templates(Method method) {
        return List.of();
    }

    /**
     * Tells whether a parameter holds the prompt.
     *
     * @param parameter a parameter of the cached method
     * @return whether its text is what is asked
     */
    default boolean isPrompt(Parameter parameter) {
        return false;
    }

    /**
     * Tells why the answers of a method can't be cached at the method.
     *
     * @param method a declaration of the cached method
     * @return the refusal, or empty if the framework has nothing against it
     */
    default Optional<Refusal> refusal(Method method) {
        return Optional.empty();
    }

    /**
     * Why a method can't be cached, and what to do instead.
     *
     * @param problem what is wrong
     * @param action what to write instead
     */
    record Refusal(String problem, String action) {}
}
