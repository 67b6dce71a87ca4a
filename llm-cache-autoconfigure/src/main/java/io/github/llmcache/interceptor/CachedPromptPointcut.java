package io.github.llmcache.interceptor;

import java.lang.reflect.Method;
import java.util.function.Supplier;
import org.springframework.aop.ClassFilter;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.util.ClassUtils;

/**
 * Matches the methods that are cached.
 *
 * <p>Asks the annotations first: the operations, and the beans behind them, are made only for a bean that has cached
 * methods.
 */
final class CachedPromptPointcut extends StaticMethodMatcherPointcut {

    private final Supplier<CachedPromptOperations> operations;

    CachedPromptPointcut(AnnotatedMethods methods, Supplier<CachedPromptOperations> operations) {
        this.operations = operations;
        setClassFilter(new AnnotatedClassFilter(methods));
    }

    @Override
    public boolean matches(Method method, Class<?> targetClass) {
        return operations.get().of(method, targetClass) != null;
    }

    private record AnnotatedClassFilter(AnnotatedMethods methods) implements ClassFilter {

        @Override
        public boolean matches(Class<?> type) {
            return !methods.of(ClassUtils.getUserClass(type)).isEmpty();
        }
    }
}
