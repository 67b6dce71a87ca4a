package io.github.llmcache.interceptor;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/**
 * Where an annotation of the cache stands, to name it where something is wrong with it.
 *
 * @param annotation the annotation
 * @param type the class of the bean
 * @param method the method
 * @param names the names of the method's parameters, empty where they are not known
 */
record AnnotatedPlace(Class<? extends Annotation> annotation, Class<?> type, Method method, String[] names) {

    /** A mistake at this place; the attribute is null where it is none's. */
    InvalidCachedPromptException invalid(
            @Nullable String attribute, String problem, String action, @Nullable Throwable cause) {
        return new InvalidCachedPromptException(annotation, type, method, attribute, problem, action, cause);
    }

    /** Names an attribute, for the log. */
    String describe(String attribute) {
        return "@" + annotation.getSimpleName() + " on "
                + ClassUtils.getQualifiedMethodName(method, AnnotatedMethods.owner(method, type)) + ": its "
                + attribute;
    }
}
