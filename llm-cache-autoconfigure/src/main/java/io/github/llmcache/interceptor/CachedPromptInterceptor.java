package io.github.llmcache.interceptor;

import io.github.llmcache.engine.CallSubject;
import io.github.llmcache.engine.PromptCache;
import io.github.llmcache.engine.PromptCallCapture;
import io.github.llmcache.engine.PromptCallDirectives;
import io.github.llmcache.engine.PromptDirectives;
import io.github.llmcache.interceptor.CachedPromptOperation.Preparation;
import java.lang.reflect.Array;
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
    private final PromptCallDirectives directives;
    private final PromptCallCapture capture;

    /**
     * Creates the interceptor.
     *
     * @param operations the cached methods
     * @param cache answers their calls
     * @param directives what the threads of the calls ask for
     * @param capture takes calls that are asked for their keys only
     */
    public CachedPromptInterceptor(
            CachedPromptOperations operations,
            PromptCache cache,
            PromptCallDirectives directives,
            PromptCallCapture capture) {
        this.operations = operations;
        this.cache = cache;
        this.directives = directives;
        this.capture = capture;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        Object bean = invocation.getThis();
        CachedPromptOperation operation = bean == null ? null : operations.of(invocation.getMethod(), bean.getClass());
        if (bean == null || operation == null || isAdvised(bean)) {
            return invocation.proceed();
        }
        PromptDirectives asked = operation.directives(invocation.getArguments(), directives.current());
        // Told now, because the model may be asked on another thread, and nobody's arguments are evaluated for nothing.
        CallSubject ofThread = cache.subject();
        String subject = ofThread == CallSubject.NONE ? null : operation.subject(invocation.getArguments(), ofThread);
        Preparation preparation = operation.prepare(bean, invocation.getArguments(), asked, subject);
        if (capture.isCapturing()) {
            capture.reached(
                    preparation.call(),
                    preparation.bypass(),
                    () -> operation.describe(preparation, bean, invocation.getArguments()));
            Object nothing = operation.style().captured();
            return nothing == null ? zero(invocation.getMethod().getReturnType()) : nothing;
        }
        return operation
                .style()
                .answer(new CachedInvocation(cache, operation, preparation, asked, subject, invocation));
    }

    /** Null, or what stands for it where a method can't return null. */
    private static @Nullable Object zero(Class<?> returned) {
        return returned.isPrimitive() && returned != void.class ? Array.get(Array.newInstance(returned, 1), 0) : null;
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
