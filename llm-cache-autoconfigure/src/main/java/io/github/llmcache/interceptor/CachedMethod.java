package io.github.llmcache.interceptor;

import io.github.llmcache.engine.CapturedCall;
import io.github.llmcache.engine.PromptDirectives;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.GenericTypeResolver;

/**
 * A cached method of a bean, to be asked what its calls would ask. The method itself is never called, nor is advice around it.
 *
 * <p>Immutable and thread-safe, as far as the method's own expressions are.
 */
public final class CachedMethod {

    private final String beanName;
    private final Object bean;
    private final Method method;
    private final CachedPromptOperation operation;

    CachedMethod(String beanName, Object bean, Method method, CachedPromptOperation operation) {
        this.beanName = beanName;
        this.bean = bean;
        this.method = method;
        this.operation = operation;
    }

    /** The bean and the method, such as {@code librarian.ask}. */
    public String name() {
        return beanName + "." + method.getName();
    }

    /** The name with the types of the parameters, such as {@code librarian.ask(java.lang.String,int)}. */
    public String signature() {
        return name()
                + Arrays.stream(method.getParameterTypes())
                        .map(Class::getTypeName)
                        .collect(Collectors.joining(",", "(", ")"));
    }

    /** The types of the parameters with their generics, as they are in the bean's class. */
    public List<Type> parameterTypes() {
        return Arrays.stream(method.getGenericParameterTypes())
                .map(type -> GenericTypeResolver.resolveType(type, bean.getClass()))
                .toList();
    }

    /**
     * Tells all of a call that is not made. Its condition, its scope and its key are evaluated, on this thread.
     *
     * @param arguments the arguments, as many as there are parameters, of their types
     * @return the call
     */
    public CapturedCall describe(@Nullable Object... arguments) {
        if (arguments.length != method.getParameterCount()) {
            throw new IllegalArgumentException("There are " + method.getParameterCount() + " parameters");
        }
        return operation.describe(
                operation.prepare(bean, arguments, operation.directives(arguments, PromptDirectives.NONE)),
                bean,
                arguments);
    }

    @Override
    public String toString() {
        return signature();
    }
}
