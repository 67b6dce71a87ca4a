package io.github.llmcache.interceptor;

import io.github.llmcache.engine.PendingEvictions;
import io.github.llmcache.tier.Eviction;
import java.util.List;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * Evicts when an annotated method has returned, or before it is called.
 *
 * <p>Thread-safe. What goes wrong in an eviction does not reach the caller.
 */
public final class EvictPromptInterceptor implements MethodInterceptor {

    private final EvictPromptOperations operations;
    private final List<ResultCompletion> completions;
    private final PendingEvictions evictions;

    /**
     * Creates the interceptor.
     *
     * @param operations the methods that evict
     * @param completions know when results are complete that come after the method has returned
     * @param evictions evicts
     */
    public EvictPromptInterceptor(
            EvictPromptOperations operations, List<ResultCompletion> completions, PendingEvictions evictions) {
        this.operations = operations;
        this.completions = List.copyOf(completions);
        this.evictions = evictions;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        Object bean = invocation.getThis();
        List<EvictPromptOperation> found =
                bean == null ? List.of() : operations.of(invocation.getMethod(), bean.getClass());
        @Nullable Object[] arguments = invocation.getArguments();
        for (EvictPromptOperation operation : found) {
            if (operation.beforeInvocation()) {
                evict(operation, operation.evictions(arguments, null));
            }
        }
        Object result = invocation.proceed();
        if (result != null) {
            for (ResultCompletion completion : completions) {
                if (completion.supports(invocation.getMethod().getReturnType())) {
                    return completion.whenSuccessful(result, value -> after(found, arguments, value));
                }
            }
        }
        after(found, arguments, result);
        return result;
    }

    private void after(List<EvictPromptOperation> found, @Nullable Object[] arguments, @Nullable Object result) {
        for (EvictPromptOperation operation : found) {
            if (!operation.beforeInvocation()) {
                // Now, because the arguments may be changed before the transaction commits.
                List<Eviction> told = operation.evictions(arguments, result);
                AfterCommit.run(() -> evict(operation, told));
            }
        }
    }

    private void evict(EvictPromptOperation operation, List<Eviction> told) {
        told.forEach(eviction -> evictions.evict(operation.cache(), eviction));
    }
}
