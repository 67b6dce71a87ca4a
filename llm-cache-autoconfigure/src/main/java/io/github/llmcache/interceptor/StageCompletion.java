package io.github.llmcache.interceptor;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Knows when a {@code CompletionStage} is complete.
 *
 * <p>After one that is complete when its method returns, the action is run on the caller's thread.
 *
 * @param executor runs what may block, since the stage may complete on a thread that must not
 */
public record StageCompletion(Executor executor) implements ResultCompletion {

    @Override
    public boolean supports(Class<?> returnType) {
        return CompletionStage.class.isAssignableFrom(returnType)
                && returnType.isAssignableFrom(CompletableFuture.class);
    }

    @Override
    public Object whenSuccessful(Object result, CompletionAction action) {
        CompletionStage<?> stage = (CompletionStage<?>) result;
        CompletableFuture<@Nullable Object> caller = new CompletableFuture<>();
        AtomicReference<@Nullable Thread> calling = new AtomicReference<>(Thread.currentThread());
        stage.whenComplete((value, failure) -> {
            if (failure != null) {
                caller.completeExceptionally(failure);
            } else {
                Runnable task = () -> {
                    try {
                        action.run(value);
                    } finally {
                        caller.complete(value);
                    }
                };
                if (Thread.currentThread() == calling.get()) {
                    task.run();
                } else {
                    execute(task);
                }
            }
        });
        calling.set(null);
        caller.whenComplete((value, failure) -> {
            if (caller.isCancelled() && stage instanceof CompletableFuture<?> future) {
                future.cancel(true);
            }
        });
        return caller;
    }

    private void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException ex) {
            // The application ends; the caller is told all the same.
            task.run();
        }
    }
}
