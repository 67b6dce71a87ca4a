package io.github.llmcache.usage;

/**
 * Hears when somebody has used most of a budget, as {@code llm-cache.usage.warn-at} says.
 *
 * <p>Beans of this type are called one after another on a thread of their own, so that no call waits for them; where they are
 * slow and very many warnings wait, further ones are dropped. What they throw is logged and goes no further.
 */
@FunctionalInterface
public interface UsageWarningListener {

    /**
     * The use of a budget has come to the share at which it is warned.
     *
     * @param subject whose budget, a user's name or the shared one, so it belongs in no log and no tag of a meter
     * @param status the window, what is counted, how much is used or reserved, the limit, and when the window ends
     */
    void onWarning(String subject, UsageStatus status);
}
