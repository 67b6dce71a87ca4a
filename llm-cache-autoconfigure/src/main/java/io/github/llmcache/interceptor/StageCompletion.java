package io.github.llmcache.interceptor;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Knows when a {@code CompletionStage} is complete.
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
    public Object whenSuccessful(Object result, Consumer<@Nullable Object> action) {
        CompletionStage<?> stage = (CompletionStage<?>) result;
        CompletableFuture<@Nullable Object> caller = new CompletableFuture<>();
        stage.whenComplete((value, failure) -> {
            if (failure != null) {
                caller.completeExceptionally(failure);
            } else {
                execute(() -> {
                    try {
                        action.accept(value);
                    } finally {
                        caller.complete(value);
                    }
                });
            }
        });
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
