package io.github.llmcache.tier;

import io.github.llmcache.key.PromptKey;
import java.time.Duration;
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
     * Stores an entry, without waiting for it.
     *
     * @param key the key
     * @param entry the entry
     * @param ttl how long to keep it, positive
     * @return completed when it is stored, or exceptionally with a {@link TierException}
     */
    CompletionStage<Void> store(PromptKey key, CacheEntry entry, Duration ttl);
}
