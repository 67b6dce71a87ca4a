package io.github.llmcache.engine;

/**
 * Carries what belongs to a caller's thread (security, logging, observation) to the thread that calls the model for it in
 * the background.
 *
 * <p>Thread-safe. All beans of this type are asked.
 */
@FunctionalInterface
public interface LoadContext {

    /** Carries nothing. */
    LoadContext NONE = task -> task;

    /**
     * Captures the context of this thread.
     *
     * @param task what will run on another thread
     * @return the task, in this thread's context, which it leaves as it found it
     */
    Runnable capture(Runnable task);
}
