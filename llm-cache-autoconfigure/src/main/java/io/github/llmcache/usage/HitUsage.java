package io.github.llmcache.usage;

import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.PromptCacheEvent;
import io.github.llmcache.event.PromptCacheListener;

/**
 * Counts answers from the cache as calls, where they are not free. They are never refused.
 *
 * <p>Thread-safe. Nobody waits for it.
 */
public final class HitUsage implements PromptCacheListener {

    private static final UsageAmount ONE = new UsageAmount(1, 0, 0);

    private final UsageLedger ledger;

    /**
     * Creates the listener.
     *
     * @param ledger counts
     */
    public HitUsage(UsageLedger ledger) {
        this.ledger = ledger;
    }

    @Override
    public void onCall(PromptCacheEvent event) {
        CacheOutcome outcome = event.outcome();
        String subject = event.subject();
        boolean hit = outcome == CacheOutcome.HIT || outcome == CacheOutcome.STALE || outcome == CacheOutcome.COALESCED;
        if (hit && subject != null) {
            ledger.add(subject, ONE);
        }
    }

    @Override
    public boolean readsElapsedTime() {
        return false;
    }
}
