package io.github.llmcache.engine;

import org.jspecify.annotations.Nullable;

/**
 * Tells whose usage a call is that begins now on this thread.
 *
 * <p>Asked for every call, hits included, so it is quick. Thread-safe; must not throw.
 */
@FunctionalInterface
public interface CallSubject {

    /** Nobody's: usage is not counted. */
    CallSubject NONE = () -> null;

    /** Whose usage a call of this thread is, or null if it is nobody's. */
    @Nullable
    String current();
}
