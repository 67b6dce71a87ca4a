package io.github.llmcache.sample.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.CostTotals;
import io.github.llmcache.event.PromptCacheEvent;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SavingsLedgerTest {

    private static final Saved NOTHING = Saved.of(CostTotals.NONE);

    private final SavingsLedger ledger = new SavingsLedger();

    @Test
    void aHitSavesWhatTheModelLastNeededForTheSameAnswerLessItsOwnTime() {
        miss("a", 1000);
        miss("a", 2000);
        miss("b", 9000);
        hit("a", 3);

        assertThat(ledger.totals()).isEqualTo(new Totals(4, 1, 1997, NOTHING));
    }

    @Test
    void aHitOnAnAnswerFromBeforeTheStartSavesTheMeanTime() {
        miss("a", 1000);
        miss("b", 2000);
        hit("c", 500);

        assertThat(ledger.totals()).isEqualTo(new Totals(3, 1, 1000, NOTHING));
    }

    @Test
    void whileTheModelHasNotBeenAskedAHitCountsAsNoTimeSaved() {
        hit("a", 5);

        assertThat(ledger.totals()).isEqualTo(new Totals(1, 1, 0, NOTHING));
    }

    @Test
    void anOldAnswerAndThatOfAnEqualQuestionAreSparedTooAsTheirTokensAre() {
        miss("a", 1000);
        ledger.onCall(call(CacheOutcome.STALE, "a", 10, -1));
        ledger.onCall(call(CacheOutcome.COALESCED, "a", 200, -1));
        ledger.onCall(call(CacheOutcome.STALE_IF_ERROR, "a", 200, -1));

        assertThat(ledger.totals()).isEqualTo(new Totals(4, 2, 990, NOTHING));
    }

    @Test
    void aFailedQuestionDoesNotCount() {
        ledger.onCall(call(CacheOutcome.ERROR, "a", 100, 100));

        assertThat(ledger.totals()).isEqualTo(new Totals(0, 0, 0, NOTHING));
    }

    private void miss(String digest, long millis) {
        ledger.onCall(call(CacheOutcome.MISS, digest, millis, millis));
    }

    private void hit(String digest, long millis) {
        ledger.onCall(call(CacheOutcome.HIT, digest, millis, -1));
    }

    private static PromptCacheEvent call(CacheOutcome outcome, String digest, long millis, long loadMillis) {
        long load = loadMillis < 0 ? -1 : TimeUnit.MILLISECONDS.toNanos(loadMillis);
        return new PromptCacheEvent(
                "prompt", outcome, null, null, "m", digest, TimeUnit.MILLISECONDS.toNanos(millis), load, Double.NaN);
    }
}
