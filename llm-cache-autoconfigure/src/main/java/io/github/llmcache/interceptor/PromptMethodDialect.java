package io.github.llmcache.interceptor;

import java.lang.reflect.AnnotatedElement;
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
     * @param type the bean's class, or the interface that its dynamic proxy was made for; it may inherit the method
     * @return the texts, empty where there are none
     * @throws IllegalArgumentException if a text can't be read, saying what to mend
     */
    default List<String> templates(Method method, Class<?> type) {
        return List.of();
    }

    /**
     * Tells what the framework makes of each parameter, where the arguments alone do not tell it, so that two parameters
     * that change their places in the prompt miss.
     *
     * @param method a declaration of the cached method
     * @param type the bean's class, or the interface that its dynamic proxy was made for
     * @return a text for each role, empty where there is nothing to tell
     */
    default List<String> roles(Method method, Class<?> type) {
        return List.of();
    }

    /**
     * Tells what the framework says to the model about a part of the answer's type.
     *
     * @param part a class or a field that the answer is made of
     * @return the text, empty where there is none
     */
    default String description(AnnotatedElement part) {
        return "";
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
     * Tells whether a parameter is surely not the prompt, though it may be the method's only text.
     *
     * @param parameter a parameter of the cached method
     * @return whether its text is to be taken as it is, such as a user's name
     */
    default boolean isNoPrompt(Parameter parameter) {
        return false;
    }

    /**
     * Tells why the answers of a method can't be cached at the method.
     *
     * @param method a declaration of the cached method
     * @param type the bean's class, or the interface that its dynamic proxy was made for
     * @return the refusal, or empty if the framework has nothing against it
     */
    default Optional<Refusal> refusal(Method method, Class<?> type) {
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
