package io.github.llmcache.interceptor;

import io.github.llmcache.engine.PromptCache;
import io.github.llmcache.engine.PromptDirectives;
import io.github.llmcache.interceptor.CachedPromptOperation.Preparation;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;

/**
 * Turns an invocation of a cached method into a call of the {@link PromptCache}.
 *
 * <p>Thread-safe.
 */
public final class CachedPromptInterceptor implements MethodInterceptor {

    private final CachedPromptOperations operations;
    private final PromptCache cache;

    /**
     * Creates the interceptor.
     *
     * @param operations the cached methods
     * @param cache answers their calls
     */
    public CachedPromptInterceptor(CachedPromptOperations operations, PromptCache cache) {
        this.operations = operations;
        this.cache = cache;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        Object bean = invocation.getThis();
        CachedPromptOperation operation = bean == null ? null : operations.of(invocation.getMethod(), bean.getClass());
        if (bean == null || operation == null || isAdvised(bean)) {
            return invocation.proceed();
        }
        Preparation preparation = operation.prepare(bean, invocation.getArguments());
        return operation
                .style()
                .answer(new CachedInvocation(cache, operation, preparation, PromptDirectives.NONE, invocation));
    }

    /** Whether the bean is itself a proxy with this advice: of two proxies around a bean the inner one answers. */
    private static boolean isAdvised(Object bean) {
        if (bean instanceof Advised advised) {
            for (Advisor advisor : advised.getAdvisors()) {
                if (advisor instanceof CachedPromptAdvisor) {
                    return true;
                }
            }
        }
        return false;
    }
}
