package io.github.llmcache.sample.web;

import io.github.llmcache.event.AnswerCost;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.CostTotals;
import io.github.llmcache.event.PromptCacheEvent;
import io.github.llmcache.event.PromptCacheListener;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Counts questions, those for which the model was not asked, and the time, tokens and money that this saved.
 *
 * <p>An answer from the cache saves what the model needed when it was last asked for the same answer, or its mean time where
 * it has not been asked since the start, less what the answer itself took. While the model has not been asked at all, that
 * counts as no time saved, since nobody knows. Who waited for the answer to an equal question saved tokens, but no time.
 */
@Component
class SavingsLedger implements PromptCacheListener {

    private final InstantSource clock;
    private final LoadTimes loadTimes = new LoadTimes();
    private final Timeline timeline = new Timeline();
    private long asked;
    private long spared;
    private long nanosSaved;
    private CostTotals costsSaved = CostTotals.NONE;

    SavingsLedger() {
        this(InstantSource.system());
    }

    SavingsLedger(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public synchronized void onCall(PromptCacheEvent event) {
        if (event.outcome() == CacheOutcome.ERROR || event.outcome() == CacheOutcome.REFUSED) {
            return;
        }
        asked++;
        if (event.loaded()) {
            loadTimes.add(event.digest(), event.loadNanos());
        }
        if (event.outcome() == CacheOutcome.COALESCED) {
            spare(event.cost(), 0);
        } else if (event.outcome() == CacheOutcome.HIT || event.outcome() == CacheOutcome.STALE) {
            spare(event.cost(), Math.max(0, loadTimes.of(event.digest()) - event.elapsedNanos()));
        }
        timeline.add(clock.instant(), totals());
    }

    private void spare(@Nullable AnswerCost cost, long nanos) {
        spared++;
        nanosSaved += nanos;
        if (cost != null) {
            costsSaved = costsSaved.plus(CostTotals.of(
                    cost.inputTokens(), cost.outputTokens(), Math.max(0, cost.nanos()), 0, cost.isPriced() ? 0 : 1));
        }
    }

    /** The totals since the start. */
    synchronized Totals totals() {
        return new Totals(asked, spared, TimeUnit.NANOSECONDS.toMillis(nanosSaved), Saved.of(costsSaved));
    }

    /** How the totals grew since the start, the oldest moment first. */
    synchronized List<Moment> moments() {
        return timeline.moments();
    }
}
