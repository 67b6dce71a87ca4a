package io.github.llmcache.sample.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.event.AnswerCost;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.CostTotals;
import io.github.llmcache.event.PromptCacheEvent;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SavingsLedgerTest {

    private static final Saved NOTHING = Saved.of(CostTotals.NONE);

    private static final Instant START = Instant.parse("2026-05-01T12:00:00Z");

    private Instant now = START;
    private final SavingsLedger ledger = new SavingsLedger(() -> now);

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

    @Test
    void aRefusedQuestionDoesNotCountEither() {
        ledger.onCall(call(CacheOutcome.REFUSED, "a", 1, -1));

        assertThat(ledger.totals()).isEqualTo(new Totals(0, 0, 0, NOTHING));
    }

    @Test
    void answersThatWereNotAskedOfTheModelSaveTheirTokensAndMoney() {
        AnswerCost cost = new AnswerCost(20, 100, 500_000);
        ledger.onCall(call(CacheOutcome.MISS, "a", 1000, 1000, cost));
        ledger.onCall(call(CacheOutcome.HIT, "a", 0, -1, cost));
        ledger.onCall(call(CacheOutcome.COALESCED, "a", 900, -1, cost));
        ledger.onCall(call(CacheOutcome.STALE_IF_ERROR, "a", 900, -1, cost));
        ledger.onCall(call(CacheOutcome.HIT, "b", 1000, -1, new AnswerCost(1, 2, -1)));

        assertThat(ledger.totals().saved()).isEqualTo(new Saved(243, new BigDecimal("0.001")));
    }

    @Test
    void theTotalsAreKnownAsTheyWereAfterEachSecond() {
        miss("a", 1000);
        now = now.plusMillis(400);
        hit("a", 0);
        now = now.plusSeconds(1);
        hit("a", 0);
        Instant last = now;
        ledger.onCall(call(CacheOutcome.ERROR, "b", 1, 1));

        assertThat(ledger.moments())
                .containsExactly(
                        new Moment(START.plusMillis(400), new Totals(2, 1, 1000, NOTHING)),
                        new Moment(last, new Totals(3, 2, 2000, NOTHING)));
        assertThat(ledger.moments().get(1).totals()).isEqualTo(ledger.totals());
    }

    private void miss(String digest, long millis) {
        ledger.onCall(call(CacheOutcome.MISS, digest, millis, millis));
    }

    private void hit(String digest, long millis) {
        ledger.onCall(call(CacheOutcome.HIT, digest, millis, -1));
    }

    private static PromptCacheEvent call(CacheOutcome outcome, String digest, long millis, long loadMillis) {
        return call(outcome, digest, millis, loadMillis, null);
    }

    private static PromptCacheEvent call(
            CacheOutcome outcome, String digest, long millis, long loadMillis, @Nullable AnswerCost cost) {
        long load = loadMillis < 0 ? -1 : TimeUnit.MILLISECONDS.toNanos(loadMillis);
        return new PromptCacheEvent(
                "prompt",
                outcome,
                null,
                null,
                "m",
                digest,
                TimeUnit.MILLISECONDS.toNanos(millis),
                load,
                Double.NaN,
                cost);
    }
}
