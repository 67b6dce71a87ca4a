package io.github.llmcache.interceptor;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/** Says that a {@code @CachedPrompt} can't work as it is written: where, what is wrong, and what to write instead. */
public final class InvalidCachedPromptException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String action;

    InvalidCachedPromptException(
            Class<?> type,
            Method method,
            @Nullable String attribute,
            String problem,
            String action,
            @Nullable Throwable cause) {
        super(describe(type, method, attribute, problem), cause);
        this.action = action;
    }

    /** What to write instead. */
    public String action() {
        return action;
    }

    private static String describe(Class<?> type, Method method, @Nullable String attribute, String problem) {
        String place = ClassUtils.getQualifiedMethodName(method, type);
        return "@CachedPrompt on " + place + " can't work: "
                + (attribute == null ? "" : "its attribute '" + attribute + "' ") + problem;
    }
}
