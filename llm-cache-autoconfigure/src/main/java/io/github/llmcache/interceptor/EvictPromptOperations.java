package io.github.llmcache.interceptor;

import io.github.llmcache.annotation.EvictPrompt;
import io.github.llmcache.annotation.EvictPrompts;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.springframework.core.MethodClassKey;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

/**
 * Knows the methods of all beans that evict; reads and checks those of a class when the class is first met.
 *
 * <p>Thread-safe.
 */
public final class EvictPromptOperations {

    private final Supplier<EvictPromptOperationFactory> factory;
    private final Map<Class<?>, Map<Method, Annotated>> annotated = new ConcurrentHashMap<>();
    private final Map<Class<?>, Map<Method, List<EvictPromptOperation>>> byClass = new ConcurrentHashMap<>();
    private final Map<MethodClassKey, List<EvictPromptOperation>> operations = new ConcurrentHashMap<>();

    /**
     * Creates the register.
     *
     * @param factory makes the operations, asked for when the first bean is met that has some
     */
    public EvictPromptOperations(Supplier<EvictPromptOperationFactory> factory) {
        this.factory = factory;
    }

    /** The annotations of the nearest declaration of a method that has some. */
    private record Annotated(Method method, Set<EvictPrompt> annotations, List<Method> declarations) {}

    /** Tells whether a class has methods that evict; looks at annotations alone. */
    boolean covers(Class<?> beanClass) {
        return !annotatedOf(ClassUtils.getUserClass(beanClass)).isEmpty();
    }

    /**
     * Finds the evictions of a method.
     *
     * @param method a method of the bean, or of an interface of it
     * @param beanClass the class of the bean behind the proxy
     * @return the evictions, empty if the method is not annotated
     * @throws InvalidCachedPromptException if an annotation can't work
     */
    List<EvictPromptOperation> of(Method method, Class<?> beanClass) {
        MethodClassKey key = new MethodClassKey(method, beanClass);
        List<EvictPromptOperation> found = operations.get(key);
        if (found == null) {
            Class<?> userClass = ClassUtils.getUserClass(beanClass);
            found = operationsOf(userClass).getOrDefault(AnnotatedMethods.specific(method, userClass), List.of());
            operations.put(key, found);
        }
        return found;
    }

    /** All methods of a class at once: a mistake in any of them is found when the bean is made, not when it is called. */
    private Map<Method, List<EvictPromptOperation>> operationsOf(Class<?> userClass) {
        Map<Method, List<EvictPromptOperation>> known = byClass.get(userClass);
        if (known == null) {
            Map<Method, List<EvictPromptOperation>> found = new LinkedHashMap<>();
            annotatedOf(userClass).values().forEach(method -> found.put(method.method(), create(method, userClass)));
            byClass.put(userClass, found);
            known = found;
        }
        return known;
    }

    private List<EvictPromptOperation> create(Annotated method, Class<?> userClass) {
        return method.annotations().stream()
                .map(annotation -> factory.get().create(annotation, method.method(), userClass, method.declarations()))
                .toList();
    }

    private Map<Method, Annotated> annotatedOf(Class<?> userClass) {
        Map<Method, Annotated> known = annotated.get(userClass);
        if (known == null) {
            known = find(userClass);
            annotated.put(userClass, known);
        }
        return known;
    }

    private static Map<Method, Annotated> find(Class<?> userClass) {
        try {
            Set<Class<?>> types = AnnotatedMethods.typesOf(userClass);
            Map<Method, Annotated> found = new LinkedHashMap<>();
            for (Class<?> type : types) {
                for (Method declared : type.getDeclaredMethods()) {
                    if (declared.isSynthetic() || declared.getAnnotations().length == 0) {
                        continue;
                    }
                    Set<EvictPrompt> annotations = AnnotatedElementUtils.getMergedRepeatableAnnotations(
                            declared, EvictPrompt.class, EvictPrompts.class);
                    if (!annotations.isEmpty()) {
                        add(found, userClass, types, declared, annotations);
                    }
                }
            }
            return found;
        } catch (NoClassDefFoundError | TypeNotPresentException ex) {
            // A class that names types which are not there can't be read.
            return Map.of();
        }
    }

    private static void add(
            Map<Method, Annotated> found,
            Class<?> userClass,
            Set<Class<?>> types,
            Method declared,
            Set<EvictPrompt> annotations) {
        AnnotatedMethods.refuseUnreachable(EvictPrompt.class, userClass, declared);
        Method specific = AnnotatedMethods.specific(declared, userClass);
        if (!Proxy.isProxyClass(specific.getDeclaringClass())) {
            AnnotatedMethods.refuseUnreachable(EvictPrompt.class, userClass, specific);
        }
        found.computeIfAbsent(
                specific,
                method -> new Annotated(
                        method,
                        annotations,
                        new ArrayList<>(AnnotatedMethods.declarations(method, declared, userClass, types))));
    }
}
