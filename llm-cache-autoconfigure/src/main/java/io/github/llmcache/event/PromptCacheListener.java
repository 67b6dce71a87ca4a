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
