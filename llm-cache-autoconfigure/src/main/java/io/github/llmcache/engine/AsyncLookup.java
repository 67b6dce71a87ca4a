package io.github.llmcache.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The look into the tiers of a call that does not block.
 *
 * @param call the call
 * @param load asks the model, should the answer be stale
 * @param refresher asks it in the background
 */
record AsyncLookup(CallSteps call, Load<? extends CompletionStage<?>> load, StaleRefresher refresher) {

    /** Completes the result with a hit, or with the refusal of a call for a cached answer only; else goes on. */
    void start(CompletableFuture<@Nullable Object> result, Runnable missed) {
        CompletableFuture<@Nullable Object> looked = call.lookupAsync(0).exceptionally(broken -> null);
        if (looked.isDone()) {
            looked(looked.join(), result, missed);
        } else {
            Runnable goOn = refresher.captured(() -> looked(looked.join(), result, missed));
            looked.whenComplete((hit, failure) -> goOn.run());
        }
    }

    private void looked(@Nullable Object hit, CompletableFuture<@Nullable Object> result, Runnable missed) {
        if (hit != null) {
            if (call.isStale()) {
                refresher.refresh(call.again(), load);
            }
            result.complete(hit);
            return;
        }
        try {
            call.refuseIfOnlyCached();
        } catch (PromptNotCachedException refusal) {
            result.completeExceptionally(refusal);
            return;
        }
        missed.run();
    }
}
