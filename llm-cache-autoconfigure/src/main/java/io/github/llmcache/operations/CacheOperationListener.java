package io.github.llmcache.operations;

import io.github.llmcache.tier.FailureKind;

/**
 * Hears what is done by {@link PromptCacheOperations}: what, and how many, and never a text.
 *
 * <p>Beans of this type are added. They are called on the thread that asked for it, when it is done. Implementations are
 * thread-safe; what they throw is logged, by its class, and reaches nobody.
 */
public interface CacheOperationListener {

    /**
     * Entries were evicted.
     *
     * @param cache the cache
     * @param by what they were named by: {@code digest}, {@code tag}, {@code model}, {@code scope}, or {@code all}
     * @param count how many there were
     */
    default void evicted(String cache, String by, long count) {}

    /**
     * An eviction has broken off; any number may be gone.
     *
     * @param cache the cache
     * @param by what they were named by, as in {@link #evicted}
     * @param kind how the tier failed
     */
    default void evictionFailed(String cache, String by, FailureKind kind) {}

    /**
     * Entries were exported, with their prompts and answers.
     *
     * @param cache the cache
     * @param count how many were written, also where the rest failed
     */
    default void exported(String cache, long count) {}

    /**
     * Caches were warmed.
     *
     * @param count how many entries were stored
     */
    default void warmed(long count) {}
}
