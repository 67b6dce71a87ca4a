package io.github.llmcache.engine;

import org.jspecify.annotations.Nullable;

/**
 * Asks the model: the annotated method itself.
 *
 * @param <T> what it returns: the answer, or a stage that completes with it
 */
@FunctionalInterface
public interface Load<T> {

    /**
     * Asks the model.
     *
     * @return what it answers, or null
     * @throws Throwable whatever the method throws; it reaches the caller as it is
     */
    @Nullable
    T get() throws Throwable;
}
