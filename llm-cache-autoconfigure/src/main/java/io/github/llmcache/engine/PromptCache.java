package io.github.llmcache.engine;

import io.github.llmcache.event.BypassReason;
import io.github.llmcache.event.PromptCacheListener;
import io.github.llmcache.tier.CacheTier;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The one path of a call: look the answer up, else ask the model, and keep what it answers.
 *
 * <p>Thread-safe. Nothing that goes wrong in a tier, a codec or a listener reaches the caller; what the model throws
 * reaches it untouched. The steps themselves are {@link CallSteps}, the same for blocking and asynchronous calls.
 */
public final class PromptCache {

    private final List<CacheTier> tiers;
    private final PromptCacheListener listener;
    private final PromptCallObserver observer;
    private final InstantSource clock;

    /**
     * Creates the cache.
     *
     * @param tiers where answers are kept, the nearest first
     * @param listener hears of every call; must not throw
     * @param observer tells callers the outcome of their own calls
     * @param clock tells the time at which answers are made
     */
    public PromptCache(
            List<? extends CacheTier> tiers,
            PromptCacheListener listener,
            PromptCallObserver observer,
            InstantSource clock) {
        this.tiers = List.copyOf(tiers);
        this.listener = listener;
        this.observer = observer;
        this.clock = clock;
    }

    /**
     * Answers a blocking call.
     *
     * @param call what is asked
     * @param load asks the model, on this thread
     * @return the answer, which no other caller holds
     * @throws Throwable what the model threw
     */
    public @Nullable Object call(PromptCall call, Load<?> load) throws Throwable {
        CallSteps steps = begin(call);
        Object hit = steps.lookup();
        if (hit != null) {
            return hit;
        }
        return block(steps, load);
    }

    /**
     * Answers an asynchronous call; the lookup takes place on this thread and blocks it no longer than the tiers'
     * timeouts.
     *
     * @param call what is asked
     * @param load asks the model, on this thread
     * @return a future of the answer; cancelling it cancels the model's, if that is a future
     * @throws Throwable what the method threw instead of returning a stage
     */
    public @Nullable CompletableFuture<?> callAsync(PromptCall call, Load<? extends CompletionStage<?>> load)
            throws Throwable {
        CallSteps steps = begin(call);
        Object hit = steps.lookup();
        return hit != null ? CompletableFuture.completedFuture(hit) : compose(steps, load);
    }

    /**
     * Calls the method without a look into the cache, and tells why.
     *
     * @param cache the cache that is passed by
     * @param model the model that is named, or null
     * @param reason why
     * @param load asks the model
     * @return what it answers
     * @throws Throwable what the model threw
     */
    public @Nullable Object bypass(String cache, @Nullable String model, BypassReason reason, Load<?> load)
            throws Throwable {
        return block(bypassing(cache, model, reason), load);
    }

    /**
     * Calls an asynchronous method without a look into the cache, and tells why.
     *
     * @param cache the cache that is passed by
     * @param model the model that is named, or null
     * @param reason why
     * @param load asks the model
     * @return what it answers
     * @throws Throwable what the method threw instead of returning a stage
     */
    public @Nullable CompletableFuture<?> bypassAsync(
            String cache, @Nullable String model, BypassReason reason, Load<? extends CompletionStage<?>> load)
            throws Throwable {
        return compose(bypassing(cache, model, reason), load);
    }

    private CallSteps begin(PromptCall call) {
        return new CallSteps(call, call.policy().cache(), call.policy().model(), null, tiers, reporter(), clock);
    }

    private CallSteps bypassing(String cache, @Nullable String model, BypassReason reason) {
        return new CallSteps(null, cache, model, reason, List.of(), reporter(), clock);
    }

    private PromptCacheListener reporter() {
        ObservedCall<?> observed = observer.current();
        return observed == null ? listener : new ObservedListener(listener, observed);
    }

    private static @Nullable Object block(CallSteps steps, Load<?> load) throws Throwable {
        steps.loading();
        Object answer;
        try {
            answer = load.get();
        } catch (Throwable failure) {
            steps.failed();
            throw failure;
        }
        steps.loaded(answer, Thread.currentThread().isInterrupted());
        return answer;
    }

    private static @Nullable CompletableFuture<?> compose(CallSteps steps, Load<? extends CompletionStage<?>> load)
            throws Throwable {
        steps.loading();
        CompletionStage<?> stage;
        try {
            stage = load.get();
        } catch (Throwable failure) {
            steps.failed();
            throw failure;
        }
        if (stage == null) {
            steps.loaded(null, false);
            return null;
        }
        CompletableFuture<@Nullable Object> result = new CompletableFuture<>();
        stage.whenComplete((answer, failure) -> {
            // The caller who waits is told in any case.
            if (failure != null) {
                try {
                    steps.failed();
                } finally {
                    result.completeExceptionally(failure);
                }
            } else {
                try {
                    // The answer is written down before its caller can change it. A model that was told to stop may
                    // have given half of one.
                    steps.loaded(answer, result.isCancelled());
                } finally {
                    result.complete(answer);
                }
            }
        });
        result.whenComplete((answer, failure) -> {
            if (result.isCancelled() && stage instanceof CompletableFuture<?> future) {
                future.cancel(true);
            }
        });
        return result;
    }
}
