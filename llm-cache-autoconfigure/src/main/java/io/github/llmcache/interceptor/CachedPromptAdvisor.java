package io.github.llmcache.interceptor;

import java.util.function.Supplier;
import org.aopalliance.aop.Advice;
import org.aopalliance.intercept.MethodInterceptor;
import org.springframework.aop.Pointcut;
import org.springframework.aop.support.AbstractPointcutAdvisor;
import org.springframework.core.Ordered;
import org.springframework.util.function.SingletonSupplier;

/**
 * Puts the {@link CachedPromptInterceptor} around cached methods, inside of all other advice.
 *
 * <p>Innermost, so that authorization and validation run before an answer is served from the cache; {@link
 * InnermostAdvice} sees to it where the order does not.
 */
public final class CachedPromptAdvisor extends AbstractPointcutAdvisor {

    private static final long serialVersionUID = 1L;

    private final transient Pointcut pointcut;
    private final transient MethodInterceptor advice;

    /**
     * Creates the advisor.
     *
     * @param methods finds the cached methods of a class
     * @param operations the cached methods, asked for when the first bean that has some is made
     * @param interceptor the advice, asked for at the first call
     */
    public CachedPromptAdvisor(
            AnnotatedMethods methods,
            Supplier<CachedPromptOperations> operations,
            Supplier<CachedPromptInterceptor> interceptor) {
        this.pointcut = new CachedPromptPointcut(methods, operations);
        Supplier<CachedPromptInterceptor> resolved = SingletonSupplier.of(interceptor);
        // Proxy creators ask for the advice early; the cache and all behind it are made for the first call.
        this.advice = invocation -> resolved.get().invoke(invocation);
        setOrder(Ordered.LOWEST_PRECEDENCE);
    }

    @Override
    public Pointcut getPointcut() {
        return pointcut;
    }

    @Override
    public Advice getAdvice() {
        return advice;
    }
}
