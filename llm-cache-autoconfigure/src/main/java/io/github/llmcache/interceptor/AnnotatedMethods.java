package io.github.llmcache.interceptor;

import io.github.llmcache.annotation.CachedPrompt;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Finds the methods of a class that {@code @CachedPrompt} covers: annotated themselves, in a superclass, in an
 * interface, or by their type.
 *
 * <p>Looks at annotations alone and needs no other bean, so it can be asked about every bean of an application.
 * Thread-safe.
 */
public final class AnnotatedMethods {

    private final Map<Class<?>, List<AnnotatedMethod>> found = new ConcurrentHashMap<>();

    /** Creates a finder that has looked at nothing yet. */
    public AnnotatedMethods() {}

    /**
     * A method that is covered.
     *
     * @param method the method that runs
     * @param annotation the annotation that counts
     * @param declarations the method and what it overrides or implements, the nearest first
     * @param onType whether the annotation stands on the type
     */
    record AnnotatedMethod(Method method, CachedPrompt annotation, List<Method> declarations, boolean onType) {}

    /**
     * The type that a bean's method is a method of: the bean's class, or for a dynamic proxy or a lambda, whose class has
     * another name in every JVM, the interface that it was made for.
     */
    static Class<?> owner(Method method, Class<?> beanClass) {
        if (!isNameless(beanClass)) {
            return beanClass;
        }
        for (Class<?> implemented : beanClass.getInterfaces()) {
            if (method.getDeclaringClass().isAssignableFrom(implemented)) {
                return implemented;
            }
        }
        return method.getDeclaringClass();
    }

    /**
     * Tells whether a class has covered methods.
     *
     * @param beanClass the class of a bean
     * @return whether it has
     */
    public boolean covers(Class<?> beanClass) {
        return !of(beanClass).isEmpty();
    }

    /** Finds the covered methods of a bean's class. */
    List<AnnotatedMethod> of(Class<?> beanClass) {
        List<AnnotatedMethod> known = found.get(beanClass);
        if (known == null) {
            known = find(beanClass);
            found.put(beanClass, known);
        }
        return known;
    }

    /** The method of a bean's class that runs when a method of one of its types is called. */
    static Method specific(Method method, Class<?> beanClass) {
        // The class of a dynamic proxy says nothing of itself: its interfaces' methods are what is called.
        return isNameless(beanClass) ? method : AopUtils.getMostSpecificMethod(method, beanClass);
    }

    private static List<AnnotatedMethod> find(Class<?> beanClass) {
        try {
            Set<Class<?>> types = typesOf(beanClass);
            Map<Method, AnnotatedMethod> methods = new LinkedHashMap<>();
            for (Class<?> type : types) {
                for (Method declared : type.getDeclaredMethods()) {
                    // Most methods have no annotation at all, and every bean of the application comes by here.
                    CachedPrompt annotation = declared.isSynthetic() || declared.getAnnotations().length == 0
                            ? null
                            : AnnotatedElementUtils.getMergedAnnotation(declared, CachedPrompt.class);
                    if (annotation != null) {
                        refuseUnreachable(CachedPrompt.class, beanClass, declared);
                        add(methods, beanClass, types, declared, annotation, false);
                    }
                }
            }
            for (Class<?> type : types) {
                CachedPrompt annotation = AnnotatedElementUtils.getMergedAnnotation(type, CachedPrompt.class);
                if (annotation != null) {
                    for (Method declared : type.getDeclaredMethods()) {
                        if (isCovered(declared)) {
                            add(methods, beanClass, types, declared, annotation, true);
                        }
                    }
                }
            }
            return List.copyOf(methods.values());
        } catch (NoClassDefFoundError | TypeNotPresentException ex) {
            // A class that names types which are not there can't be read; it can't have worked as a cached bean either.
            return List.of();
        }
    }

    private static void add(
            Map<Method, AnnotatedMethod> methods,
            Class<?> beanClass,
            Set<Class<?>> types,
            Method declared,
            CachedPrompt annotation,
            boolean onType) {
        Method specific = specific(declared, beanClass);
        methods.computeIfAbsent(
                specific,
                method -> new AnnotatedMethod(
                        method, annotation, declarations(method, declared, beanClass, types), onType));
    }

    static List<Method> declarations(Method method, Method annotated, Class<?> beanClass, Set<Class<?>> types) {
        Set<Method> declarations = new LinkedHashSet<>(List.of(method, annotated));
        for (Class<?> type : types) {
            for (Method declared : type.getDeclaredMethods()) {
                if (!declared.isSynthetic()
                        && declared.getName().equals(method.getName())
                        && declared.getParameterCount() == method.getParameterCount()
                        && specific(declared, beanClass).equals(method)) {
                    declarations.add(declared);
                }
            }
        }
        return new ArrayList<>(declarations);
    }

    static Set<Class<?>> typesOf(Class<?> beanClass) {
        Set<Class<?>> types = new LinkedHashSet<>();
        if (!isNameless(beanClass)) {
            for (Class<?> type = beanClass; type != null; type = type.getSuperclass()) {
                types.add(type);
            }
        }
        addInterfaces(beanClass, types);
        types.removeIf(type ->
                type.getName().startsWith("java.") || type.getName().contains(ClassUtils.CGLIB_CLASS_SEPARATOR));
        return types;
    }

    /** Whether a class has another name in every JVM: a dynamic proxy, a lambda. Its interfaces say what it is. */
    static boolean isNameless(Class<?> type) {
        return Proxy.isProxyClass(type) || type.isHidden() || ClassUtils.isLambdaClass(type);
    }

    private static void addInterfaces(Class<?> type, Set<Class<?>> types) {
        for (Class<?> implemented : type.getInterfaces()) {
            types.add(implemented);
            addInterfaces(implemented, types);
        }
        if (type.getSuperclass() != null) {
            addInterfaces(type.getSuperclass(), types);
        }
    }

    private static boolean isCovered(Method method) {
        return Modifier.isPublic(method.getModifiers())
                && !Modifier.isStatic(method.getModifiers())
                && !method.isSynthetic()
                && !ReflectionUtils.isObjectMethod(method);
    }

    static void refuseUnreachable(Class<? extends Annotation> annotation, Class<?> beanClass, Method method) {
        String word = unreachable(method);
        if (word != null) {
            throw new InvalidCachedPromptException(
                    annotation,
                    beanClass,
                    method,
                    null,
                    "the method is " + word + ", and calls of it do not pass the bean's proxy.",
                    "Make the method public, not static and not final, and call it from another bean.",
                    null);
        }
    }

    static @Nullable String unreachable(Method method) {
        int modifiers = method.getModifiers();
        if (Modifier.isPrivate(modifiers)) {
            return "private";
        }
        if (Modifier.isStatic(modifiers)) {
            return "static";
        }
        return Modifier.isFinal(modifiers) ? "final" : null;
    }
}
