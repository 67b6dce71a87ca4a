package io.github.llmcache.interceptor;

import java.util.function.Supplier;
import org.aopalliance.aop.Advice;
import org.springframework.aop.Pointcut;
import org.springframework.aop.support.AbstractPointcutAdvisor;
import org.springframework.core.Ordered;
import org.springframework.util.function.SingletonSupplier;

/**
 * Puts the {@link CachedPromptInterceptor} around cached methods, inside of all other advice.
 *
 * <p>Innermost, so that authorization and validation run before an answer is served from the cache.
 */
public final class CachedPromptAdvisor extends AbstractPointcutAdvisor {

    private static final long serialVersionUID = 1L;

    private final transient Pointcut pointcut;
    private final transient Supplier<CachedPromptInterceptor> interceptor;

    /**
     * Creates the advisor.
     *
     * @param methods finds the cached methods of a class
     * @param operations the cached methods, asked for when the first bean that has some is made
     * @param interceptor the advice, asked for likewise
     */
    public CachedPromptAdvisor(
            AnnotatedMethods methods,
            Supplier<CachedPromptOperations> operations,
            Supplier<CachedPromptInterceptor> interceptor) {
        this.pointcut = new CachedPromptPointcut(methods, operations);
        this.interceptor = SingletonSupplier.of(interceptor);
        setOrder(Ordered.LOWEST_PRECEDENCE);
    }

    @Override
    public Pointcut getPointcut() {
        return pointcut;
    }

    @Override
    public Advice getAdvice() {
        return interceptor.get();
    }
}
