package io.github.llmcache.sample.web;

import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.PromptCacheEvent;
import io.github.llmcache.event.PromptCacheListener;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/**
 * Counts questions, hits and the time that the hits saved.
 *
 * <p>A hit saves what the model needed when it was last asked for the same answer, or its mean time where it has not
 * been asked since the start, less what the hit itself took. While the model has not been asked at all, a hit counts as
 * no time saved, since nobody knows.
 */
@Component
class SavingsLedger implements PromptCacheListener {

    private final LoadTimes loadTimes = new LoadTimes();
    private long asked;
    private long hits;
    private long nanosSaved;

    @Override
    public synchronized void onCall(PromptCacheEvent event) {
        if (event.outcome() == CacheOutcome.ERROR) {
            return;
        }
        asked++;
        if (event.loaded()) {
            loadTimes.add(event.digest(), event.loadNanos());
        }
        if (event.outcome() == CacheOutcome.HIT) {
            hits++;
            nanosSaved += Math.max(0, loadTimes.of(event.digest()) - event.elapsedNanos());
        }
    }

    /** The totals, with the tokens and the money that others count. */
    synchronized Totals totals(Saved saved) {
        return new Totals(asked, hits, TimeUnit.NANOSECONDS.toMillis(nanosSaved), saved);
    }
}
