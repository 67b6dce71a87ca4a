package io.github.llmcache.interceptor;

import java.lang.reflect.Method;
import java.util.function.Supplier;
import org.aopalliance.aop.Advice;
import org.aopalliance.intercept.MethodInterceptor;
import org.springframework.aop.ClassFilter;
import org.springframework.aop.Pointcut;
import org.springframework.aop.support.AbstractPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.core.Ordered;
import org.springframework.util.function.SingletonSupplier;

/**
 * Puts the {@link EvictPromptInterceptor} around methods that evict: outside of their transactions, inside of
 * authorization.
 */
public final class EvictPromptAdvisor extends AbstractPointcutAdvisor {

    private static final long serialVersionUID = 1L;

    /** Transactions have the lowest precedence by default, method security has orders of a few hundred. */
    private static final int ORDER = Ordered.LOWEST_PRECEDENCE - 100;

    private final transient Pointcut pointcut;
    private final transient MethodInterceptor advice;

    /**
     * Creates the advisor.
     *
     * @param operations the methods that evict
     * @param interceptor the advice, asked for at the first call
     */
    public EvictPromptAdvisor(EvictPromptOperations operations, Supplier<EvictPromptInterceptor> interceptor) {
        this.pointcut = new EvictPromptPointcut(operations);
        Supplier<EvictPromptInterceptor> resolved = SingletonSupplier.of(interceptor);
        this.advice = invocation -> resolved.get().invoke(invocation);
        setOrder(ORDER);
    }

    @Override
    public Pointcut getPointcut() {
        return pointcut;
    }

    @Override
    public Advice getAdvice() {
        return advice;
    }

    private static final class EvictPromptPointcut extends StaticMethodMatcherPointcut {

        private final EvictPromptOperations operations;

        EvictPromptPointcut(EvictPromptOperations operations) {
            this.operations = operations;
            setClassFilter(new EvictingClassFilter(operations));
        }

        @Override
        public boolean matches(Method method, Class<?> targetClass) {
            return !operations.of(method, targetClass).isEmpty();
        }
    }

    private record EvictingClassFilter(EvictPromptOperations operations) implements ClassFilter {

        @Override
        public boolean matches(Class<?> type) {
            return operations.covers(type);
        }
    }
}
