package io.github.llmcache.interceptor;

import io.github.llmcache.engine.PendingEvictions;
import io.github.llmcache.engine.PromptCallCapture;
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
    private final PromptCallCapture capture;

    /**
     * Creates the interceptor.
     *
     * @param operations the methods that evict
     * @param completions know when results are complete that come after the method has returned
     * @param evictions evicts
     * @param capture tells whether a call is only asked for its key, so that it changes nothing
     */
    public EvictPromptInterceptor(
            EvictPromptOperations operations,
            List<ResultCompletion> completions,
            PendingEvictions evictions,
            PromptCallCapture capture) {
        this.operations = operations;
        this.completions = List.copyOf(completions);
        this.evictions = evictions;
        this.capture = capture;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        Object bean = invocation.getThis();
        List<EvictPromptOperation> found = bean == null || capture.isCapturing()
                ? List.of()
                : operations.of(invocation.getMethod(), bean.getClass());
        @Nullable Object[] arguments = invocation.getArguments();
        for (EvictPromptOperation operation : found) {
            if (operation.beforeInvocation()) {
                evict(operation, operation.evictions(arguments, null));
            }
        }
        Object result = invocation.proceed();
        List<EvictPromptOperation> afterwards = found.stream()
                .filter(operation -> !operation.beforeInvocation())
                .toList();
        if (afterwards.isEmpty()) {
            return result;
        }
        // Now, because a result may be complete on another thread, which knows nothing of this one's transaction.
        CompletionAction action = new Evicting(afterwards, arguments, AfterCommit.ofThread());
        if (result != null) {
            for (ResultCompletion completion : completions) {
                if (completion.supports(invocation.getMethod().getReturnType())) {
                    return completion.whenSuccessful(result, action);
                }
            }
        }
        action.run(result);
        return result;
    }

    private void evict(EvictPromptOperation operation, List<Eviction> told) {
        told.forEach(eviction -> evictions.evict(operation.cache(), eviction));
    }

    /** The evictions of one call. */
    private final class Evicting implements CompletionAction {

        private final List<EvictPromptOperation> operations;
        private final @Nullable Object[] arguments;
        private final AfterCommit commit;

        Evicting(List<EvictPromptOperation> operations, @Nullable Object[] arguments, AfterCommit commit) {
            this.operations = operations;
            this.arguments = arguments;
            this.commit = commit;
        }

        @Override
        public boolean needsValue() {
            return operations.stream().anyMatch(operation -> operation.target().needsResult());
        }

        @Override
        public void run(@Nullable Object value) {
            for (EvictPromptOperation operation : operations) {
                // Told now, because the arguments may be changed before the transaction commits.
                List<Eviction> told = operation.evictions(arguments, value);
                commit.run(() -> evict(operation, told));
            }
        }

        @Override
        public CompletionAction begun() {
            AfterCommit ofThread = AfterCommit.ofThread();
            return new Evicting(operations, arguments, ofThread.isOpen() || !commit.isOpen() ? ofThread : commit);
        }
    }
}
