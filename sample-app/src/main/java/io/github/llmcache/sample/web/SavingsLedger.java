package io.github.llmcache.sample.web;

import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.PromptCacheEvent;
import io.github.llmcache.event.PromptCacheListener;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/**
 * Counts questions, those for which the model was not asked, and the time that this saved.
 *
 * <p>An answer from the cache saves what the model needed when it was last asked for the same answer, or its mean time where
 * it has not been asked since the start, less what the answer itself took. While the model has not been asked at all, that
 * counts as no time saved, since nobody knows. Who waited for the answer to an equal question saved tokens, but no time.
 */
@Component
class SavingsLedger implements PromptCacheListener {

    private final LoadTimes loadTimes = new LoadTimes();
    private long asked;
    private long spared;
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
        if (event.outcome() == CacheOutcome.COALESCED) {
            spared++;
        } else if (event.outcome() == CacheOutcome.HIT || event.outcome() == CacheOutcome.STALE) {
            spared++;
            nanosSaved += Math.max(0, loadTimes.of(event.digest()) - event.elapsedNanos());
        }
    }

    /** The totals, with the tokens and the money that others count. */
    synchronized Totals totals(Saved saved) {
        return new Totals(asked, spared, TimeUnit.NANOSECONDS.toMillis(nanosSaved), saved);
    }
}
