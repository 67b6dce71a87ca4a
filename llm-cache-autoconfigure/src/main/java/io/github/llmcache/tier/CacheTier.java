package io.github.llmcache.tier;

import io.github.llmcache.key.PromptKey;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A place that keeps entries, such as Redis.
 *
 * <p>Thread-safe. No operation throws: what goes wrong is told by the result.
 */
public interface CacheTier {

    /** The tier's name in outcomes, metrics and logs, such as {@code redis}. */
    String name();

    /**
     * Looks an entry up; blocks no longer than the tier's timeout.
     *
     * @param key the key
     * @return what the tier has
     */
    TierLookup lookup(PromptKey key);

    /**
     * Looks an entry up for somebody who only wants to know what a call would find; blocks no longer than the tier's timeout.
     *
     * @param key the key
     * @return what the tier has; by default by {@link #lookup}, for tiers that count nothing and decide nothing by look-ups
     */
    default TierLookup peek(PromptKey key) {
        return lookup(key);
    }

    /**
     * Looks an entry up without blocking; by default it blocks all the same, for tiers in memory.
     *
     * @param key the key
     * @return what the tier has, within the tier's timeout, never exceptionally; completed on a thread on which its
     *     caller may go on, and block
     */
    default CompletionStage<TierLookup> lookupAsync(PromptKey key) {
        return CompletableFuture.completedFuture(lookup(key));
    }

    /**
     * Looks entries up, in one round trip where the tier can; by default one after the other.
     *
     * @param keys the keys
     * @return what the tier has for each, in their order
     */
    default List<TierLookup> lookupAll(List<PromptKey> keys) {
        return keys.stream().map(this::lookup).toList();
    }

    /**
     * Stores an entry, without waiting for it.
     *
     * @param key the key
     * @param entry the entry
     * @param ttl how long to keep it, positive
     * @return completed when it is stored, or exceptionally with a {@link TierException}
     */
    CompletionStage<Void> store(PromptKey key, CacheEntry entry, Duration ttl);

    /**
     * Tries to get the right to ask the model and to store its answer, without blocking. The farthest tier is asked for
     * it; by default a tier gives it to everybody and knows of no evictions.
     *
     * @param key the key
     * @param exclusive whether to be the only one in the fleet; otherwise the lease is always given
     * @return how it ended, within the tier's timeout, never exceptionally; completed on any thread
     */
    default CompletionStage<LeaseAttempt> lease(PromptKey key, boolean exclusive) {
        return CompletableFuture.completedFuture(
                new LeaseAttempt.Granted(new UnguardedLease(this, key), TierLookup.Miss.INSTANCE));
    }

    /**
     * Tries to get the right to store the answers to requests that are sent to the model together; they exclude nobody.
     *
     * @param keys the keys, just looked up
     * @return how each attempt ended, in their order, within the tier's timeout, never exceptionally; by default one is
     *     made for each key
     */
    default CompletionStage<List<LeaseAttempt>> leaseAll(List<PromptKey> keys) {
        List<CompletableFuture<LeaseAttempt>> attempts = keys.stream()
                .map(key -> lease(key, false).toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(attempts.toArray(CompletableFuture<?>[]::new))
                .thenApply(
                        done -> attempts.stream().map(CompletableFuture::join).toList());
    }
}
