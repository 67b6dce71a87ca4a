package io.github.llmcache.engine;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Gives directives to the cached calls that begin in a task.
 *
 * <pre>{@code
 * directives.call(PromptDirectives.NO_CACHE, () -> assistant.ask(question));
 * }</pre>
 *
 * <p>Directives of an outer task count in an inner one too. Thread-safe; a bean of this type is there to be injected. Calls
 * that begin on another thread don't see them: give {@link #current()} to the task that begins them, or give the directives
 * to the cached method as an argument.
 */
public final class PromptCallDirectives {

    private final ThreadLocal<@Nullable PromptDirectives> given = new ThreadLocal<>();

    /** Creates directives of which none are given yet. */
    public PromptCallDirectives() {}

    /**
     * Runs a task.
     *
     * @param directives what the cached calls that begin in it ask for
     * @param task what to run, on this thread
     * @param <T> what the task returns
     * @return its result
     * @throws Exception what the task threw
     */
    public <T extends @Nullable Object> T call(PromptDirectives directives, Callable<T> task) throws Exception {
        PromptDirectives outer = given.get();
        set(outer == null ? directives : outer.and(directives));
        try {
            return task.call();
        } finally {
            set(outer);
        }
    }

    /** The directives that a call that begins now on this thread is given. */
    public PromptDirectives current() {
        PromptDirectives current = given.get();
        return current == null ? PromptDirectives.NONE : current;
    }

    /**
     * Sets the directives of this thread, for frameworks that carry them from one thread to another.
     *
     * @param directives the directives, or null for none
     */
    public void set(@Nullable PromptDirectives directives) {
        if (directives == null) {
            given.remove();
        } else {
            given.set(directives);
        }
    }
}
