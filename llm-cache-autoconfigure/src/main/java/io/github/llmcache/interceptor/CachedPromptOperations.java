package io.github.llmcache.interceptor;

import io.github.llmcache.interceptor.AnnotatedMethods.AnnotatedMethod;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodClassKey;
import org.springframework.util.ClassUtils;

/**
 * Knows the cached methods of all beans; reads and checks those of a class when the class is first met.
 *
 * <p>Thread-safe.
 */
public final class CachedPromptOperations {

    private final AnnotatedMethods methods;
    private final CachedPromptOperationFactory factory;
    private final Map<MethodClassKey, Optional<CachedPromptOperation>> operations = new ConcurrentHashMap<>();
    private final Map<Class<?>, Map<Method, CachedPromptOperation>> byClass = new ConcurrentHashMap<>();
    private final Collection<String> withoutModel = new ConcurrentSkipListSet<>();
    private final Collection<String> leftOut = new ConcurrentSkipListSet<>();

    /**
     * Creates the register.
     *
     * @param methods finds the cached methods of a class
     * @param factory makes their operations
     */
    public CachedPromptOperations(AnnotatedMethods methods, CachedPromptOperationFactory factory) {
        this.methods = methods;
        this.factory = factory;
    }

    /** The methods that name no model and carry no template, so that a model set inside them is in no key. */
    public Collection<String> withoutModel() {
        return withoutModel;
    }

    /** The methods that an annotation on their type would cover, but that can't be cached; each with the reason. */
    public Collection<String> leftOut() {
        return leftOut;
    }

    /**
     * Finds the operation of a method.
     *
     * @param method a method of the bean, or of an interface of it
     * @param beanClass the class of the bean behind the proxy
     * @return the operation, or null if the method is not cached
     * @throws InvalidCachedPromptException if the method is annotated but can't be cached
     */
    @Nullable
    CachedPromptOperation of(Method method, Class<?> beanClass) {
        MethodClassKey key = new MethodClassKey(method, beanClass);
        Optional<CachedPromptOperation> operation = operations.get(key);
        if (operation == null) {
            operation = resolve(method, beanClass);
            operations.put(key, operation);
        }
        return operation.orElse(null);
    }

    /** The cached methods of a bean's class. */
    Map<Method, CachedPromptOperation> all(Class<?> beanClass) {
        return Collections.unmodifiableMap(operationsOf(ClassUtils.getUserClass(beanClass)));
    }

    private Optional<CachedPromptOperation> resolve(Method method, Class<?> beanClass) {
        Class<?> userClass = ClassUtils.getUserClass(beanClass);
        return Optional.ofNullable(operationsOf(userClass).get(AnnotatedMethods.specific(method, userClass)));
    }

    /** All methods of a class at once: a mistake in any of them is found when the bean is made, not when it is called. */
    private Map<Method, CachedPromptOperation> operationsOf(Class<?> userClass) {
        Map<Method, CachedPromptOperation> known = byClass.get(userClass);
        if (known == null) {
            known = new HashMap<>();
            for (AnnotatedMethod annotated : methods.of(userClass)) {
                CachedPromptOperation operation = create(annotated, userClass);
                if (operation != null) {
                    known.put(annotated.method(), operation);
                }
            }
            byClass.put(userClass, known);
        }
        return known;
    }

    private @Nullable CachedPromptOperation create(AnnotatedMethod annotated, Class<?> userClass) {
        String name = ClassUtils.getQualifiedMethodName(
                annotated.method(), AnnotatedMethods.owner(annotated.method(), userClass));
        try {
            CachedPromptOperation operation = factory.create(annotated, userClass);
            if (operation.policy().model() == null && !operation.hasTemplates()) {
                withoutModel.add(name);
            }
            return operation;
        } catch (UncacheableMethodException ex) {
            if (annotated.onType()) {
                leftOut.add(name + " (" + ex.getMessage() + ")");
                return null;
            }
            throw ex.on(userClass, annotated.method());
        }
    }
}
