package io.github.llmcache.event;

/**
 * Hears what the cache does.
 *
 * <p>Beans of this type are called on the threads of the calls, so they are thread-safe and quick. What they throw is
 * logged and goes no further.
 */
public interface PromptCacheListener {

    /**
     * A call ended.
     *
     * @param event what is known of it
     */
    default void onCall(PromptCacheEvent event) {}

    /**
     * Tells whether this listener reads how long calls took. While none does, the clock is not asked for it, which would be
     * much of what a hit in memory takes. Asked when each call begins.
     *
     * @return true by default; where false, {@link PromptCacheEvent#elapsedNanos()} may be -1
     */
    default boolean readsElapsedTime() {
        return true;
    }

    /**
     * A tier failed.
     *
     * @param event what is known of it
     */
    default void onTierFailure(TierFailureEvent event) {}

    /**
     * An answer was not stored.
     *
     * @param event what is known of it
     */
    default void onAnswerRejected(AnswerRejectedEvent event) {}

    /**
     * The method was called in the background.
     *
     * @param event what is known of it
     */
    default void onRefresh(RefreshEvent event) {}
}
