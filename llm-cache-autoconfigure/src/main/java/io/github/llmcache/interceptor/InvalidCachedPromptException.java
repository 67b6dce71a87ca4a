package io.github.llmcache.interceptor;

import io.github.llmcache.annotation.CachedPrompt;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/**
 * Says that a {@code @CachedPrompt} or {@code @EvictPrompt} can't work as it is written: where, what is wrong, and what to
 * write instead.
 */
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
        this(CachedPrompt.class, type, method, attribute, problem, action, cause);
    }

    InvalidCachedPromptException(
            Class<? extends Annotation> annotation,
            Class<?> type,
            Method method,
            @Nullable String attribute,
            String problem,
            String action,
            @Nullable Throwable cause) {
        super(describe(annotation, type, method, attribute, problem), cause);
        this.action = action;
    }

    /** What to write instead. */
    public String action() {
        return action;
    }

    private static String describe(
            Class<? extends Annotation> annotation,
            Class<?> type,
            Method method,
            @Nullable String attribute,
            String problem) {
        String place = ClassUtils.getQualifiedMethodName(method, AnnotatedMethods.owner(method, type));
        return "@" + annotation.getSimpleName() + " on " + place + " can't work: "
                + (attribute == null ? "" : "its attribute '" + attribute + "' ") + problem;
    }
}
