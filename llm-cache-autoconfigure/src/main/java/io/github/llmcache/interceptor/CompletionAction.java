package io.github.llmcache.interceptor;

import org.jspecify.annotations.Nullable;

/**
 * What is to be done once the result of a method is complete.
 *
 * <p>Thread-safe.
 */
public interface CompletionAction {

    /** Whether {@link #run} looks at the value; if not, it may be given any. */
    boolean needsValue();

    /**
     * Does it, after the commit of the transaction that was open when the method returned or the work was begun. May block,
     * unless that transaction is still open; never throws.
     *
     * @param value the value of the result
     */
    void run(@Nullable Object value);

    /**
     * Says that work begins now, on this thread, whose transaction is to be waited for: for results whose work is begun
     * after the method has returned, and maybe more than once.
     *
     * @return the action for this work
     */
    CompletionAction begun();
}
