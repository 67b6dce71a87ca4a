package io.github.llmcache.operations;

import io.github.llmcache.engine.Load;
import io.github.llmcache.engine.PromptCache;
import io.github.llmcache.engine.PromptCall;
import io.github.llmcache.engine.PromptDirectives;
import io.github.llmcache.engine.PromptNotCachedException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Asks the cache for answers that it has, from outside of the advice around the method, which so sees no miss as a failure.
 *
 * @param cache answers calls
 */
record LookUps(PromptCache cache) {

    Optional<Object> find(PromptCall call) {
        try {
            return Optional.ofNullable(
                    cache.call(call.with(PromptDirectives.ONLY_IF_CACHED), LookUps.<Object>refused()));
        } catch (PromptNotCachedException ex) {
            return Optional.empty();
        } catch (RuntimeException | Error ex) {
            throw ex;
        } catch (Throwable ex) {
            throw new IllegalStateException("The look-up failed", ex);
        }
    }

    CompletableFuture<Optional<Object>> findAsync(PromptCall call) {
        return cache.callAsync(call.with(PromptDirectives.ONLY_IF_CACHED), LookUps.<CompletionStage<?>>refused())
                .handle(LookUps::found);
    }

    private static Optional<Object> found(@Nullable Object answer, @Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause == null) {
            return Optional.ofNullable(answer);
        }
        if (cause instanceof PromptNotCachedException) {
            return Optional.empty();
        }
        throw new CompletionException(cause);
    }

    private static <T> Load<T> refused() {
        return () -> {
            throw new IllegalStateException("A look-up does not ask the model");
        };
    }
}
