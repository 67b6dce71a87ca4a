package io.github.llmcache.interceptor;

/**
 * Knows when what a method returned is complete, for types whose result comes after the method has returned.
 *
 * <p>Thread-safe. All beans of this type are asked; {@code CompletionStage} is known without one.
 */
public interface ResultCompletion {

    /**
     * Tells whether results of a type are complete later than their method returns.
     *
     * @param returnType the declared type of the method's result
     * @return whether this knows when
     */
    boolean supports(Class<?> returnType);

    /**
     * Does something once a result is complete and no failure.
     *
     * @param result what the method returned, of a supported type
     * @param action what to do with the result's value before the caller sees it
     * @return what the caller gets instead of the result
     */
    Object whenSuccessful(Object result, CompletionAction action);
}
