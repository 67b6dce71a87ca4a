package io.github.llmcache.interceptor;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** Says that a method can't be cached by its nature, whatever its annotation says. */
final class UncacheableMethodException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String action;

    UncacheableMethodException(String problem, String action, @Nullable Throwable cause) {
        super(problem, cause);
        this.action = action;
    }

    /** The same as a mistake of the annotation on a method. */
    InvalidCachedPromptException on(Class<?> type, Method method) {
        return new InvalidCachedPromptException(type, method, null, String.valueOf(getMessage()) + ".", action, this);
    }
}
