package io.github.llmcache.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.llmcache.tier.FailureKind;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CacheStatisticsTests {

    private final CacheStatistics statistics = new CacheStatistics();

    @Test
    void each_event_is_counted_under_its_cache_and_nowhere_else() {
        statistics.onCall(call(CacheOutcome.HIT, "redis"));
        statistics.onCall(call(CacheOutcome.HIT, "near"));
        statistics.onCall(call(CacheOutcome.HIT, "near"));
        statistics.onCall(call(CacheOutcome.MISS, null));
        statistics.onCall(call(CacheOutcome.BYPASS, null));
        statistics.onCall(call(CacheOutcome.ERROR, null));
        statistics.onTierFailure(
                new TierFailureEvent("faq", "redis", TierFailureEvent.Operation.LOOKUP, FailureKind.TIMEOUT));
        statistics.onAnswerRejected(new AnswerRejectedEvent("faq", RejectionReason.EMPTY));

        CacheStatistics.Snapshot counts = statistics.of("faq");
        assertThat(counts.hits()).isEqualTo(3);
        assertThat(counts.hitsByTier()).hasToString("{near=2, redis=1}");
        assertThat(counts.misses()).isEqualTo(1);
        assertThat(counts.bypasses()).isEqualTo(1);
        assertThat(counts.errors()).isEqualTo(1);
        assertThat(counts.tierFailures()).isEqualTo(1);
        assertThat(counts.rejected()).isEqualTo(1);
        assertThat(counts.hitRatio()).isEqualTo(0.75);
        assertThat(statistics.of("other").hits()).isZero();
        assertThat(statistics.of("other").hitRatio()).isZero();
    }

    @Test
    void what_is_no_plain_hit_or_miss_is_counted_too() {
        statistics.onCall(call(CacheOutcome.STALE, "redis"));
        statistics.onCall(call(CacheOutcome.STALE, "redis"));
        statistics.onCall(call(CacheOutcome.STALE_IF_ERROR, "redis"));
        statistics.onCall(call(CacheOutcome.COALESCED, null));
        statistics.onCall(call(CacheOutcome.REFUSED, null));
        statistics.onRefresh(new RefreshEvent("faq", null, "d", 1, true));
        statistics.onRefresh(new RefreshEvent("faq", null, "d", 1, true));
        statistics.onRefresh(new RefreshEvent("faq", null, "d", 1, false));

        assertThat(statistics.of("faq"))
                .isEqualTo(new CacheStatistics.Snapshot(
                        0,
                        Map.of(),
                        2,
                        1,
                        1,
                        0,
                        0,
                        1,
                        0,
                        2,
                        1,
                        0,
                        0,
                        2,
                        Duration.ofNanos(2),
                        Map.of("none", new ModelCosts(CostTotals.of(0, 0, 0, 3, 0), CostTotals.of(0, 0, 0, 2, 0)))));
    }

    @Test
    void the_hit_ratio_counts_every_answer_that_took_no_call_of_the_method_for_itself() {
        statistics.onCall(call(CacheOutcome.HIT, "redis"));
        statistics.onCall(call(CacheOutcome.STALE, "redis"));
        statistics.onCall(call(CacheOutcome.COALESCED, null));
        statistics.onCall(call(CacheOutcome.MISS, null));
        statistics.onCall(call(CacheOutcome.STALE_IF_ERROR, "redis"));
        statistics.onCall(call(CacheOutcome.BYPASS, null));
        statistics.onCall(call(CacheOutcome.REFUSED, null));
        statistics.onCall(call(CacheOutcome.ERROR, null));

        assertThat(statistics.of("faq").hitRatio()).isEqualTo(0.6);
    }

    @Test
    void counts_once_read_do_not_change() {
        statistics.onCall(call(CacheOutcome.HIT, "near"));
        CacheStatistics.Snapshot counts = statistics.of("faq");
        statistics.onCall(call(CacheOutcome.HIT, "near"));

        assertThat(counts.hits()).isEqualTo(1);
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> counts.hitsByTier().clear());
    }

    private static PromptCacheEvent call(CacheOutcome outcome, @Nullable String tier) {
        return new PromptCacheEvent("faq", outcome, tier, null, null, null, 1, -1, Double.NaN);
    }
}
