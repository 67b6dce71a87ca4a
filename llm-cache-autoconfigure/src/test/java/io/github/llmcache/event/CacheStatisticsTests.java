package io.github.llmcache.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.llmcache.tier.FailureKind;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
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
                        Map.of("none", new ModelCosts(CostTotals.of(0, 0, 0, 3, 0), CostTotals.of(0, 0, 0, 2, 0))),
                        Map.of("none", new ModelCalls(Map.of(), 2, 1, 0, 2, Duration.ofNanos(2)))));
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

    @Test
    void tokens_and_money_are_saved_where_the_cache_answers_and_spent_where_the_method_does() {
        for (CacheOutcome outcome : CacheOutcome.values()) {
            statistics.onCall(costing(outcome, "gpt", -1, new AnswerCost(1, 2, 3)));
        }
        statistics.onCall(costing(CacheOutcome.MISS, "gpt", 1_000_000, new AnswerCost(10, 20, 30)));
        statistics.onCall(costing(CacheOutcome.BYPASS, "gpt", 1_000_000, new AnswerCost(10, 20, 30)));
        statistics.onCall(costing(CacheOutcome.ERROR, "gpt", 1_000_000, null));
        statistics.onRefresh(new RefreshEvent("faq", "gpt", "d", 4_000_000, true, new AnswerCost(10, 20, 30)));

        CacheStatistics.Snapshot counts = statistics.of("faq");
        assertThat(counts.saved()).isEqualTo(CostTotals.of(3, 6, 9, 0, 0));
        assertThat(counts.spent()).isEqualTo(CostTotals.of(30, 60, 90, 0, 0));
        assertThat(counts.saved().cost()).isEqualTo("0.000000009");
        assertThat(counts.loads()).isEqualTo(3);
        assertThat(counts.meanLoadTime()).contains(Duration.ofMillis(2));
        // A coalesced call has waited.
        assertThat(counts.estimatedTimeSaved()).contains(Duration.ofMillis(4));
    }

    @Test
    void calls_are_counted_by_model_too() {
        statistics.onCall(costing(CacheOutcome.HIT, "gpt", -1, null));
        statistics.onCall(costing(CacheOutcome.HIT, "sage", -1, null));
        statistics.onCall(costing(CacheOutcome.HIT, "sage", -1, null));
        statistics.onCall(costing(CacheOutcome.STALE, "sage", -1, null));
        statistics.onCall(costing(CacheOutcome.COALESCED, "sage", -1, null));
        statistics.onCall(costing(CacheOutcome.MISS, "sage", 4_000_000, null));
        statistics.onCall(costing(CacheOutcome.MISS, "sage", 2_000_000, null));
        statistics.onCall(costing(CacheOutcome.BYPASS, "gpt", 9_000_000, null));

        CacheStatistics.Snapshot counts = statistics.of("faq");
        ModelCalls sage = Objects.requireNonNull(counts.calls().get("sage"));
        assertThat(sage.hits()).isEqualTo(2);
        assertThat(sage.stale()).isOne();
        assertThat(sage.coalesced()).isOne();
        assertThat(sage.misses()).isEqualTo(2);
        assertThat(sage.meanLoadTime()).contains(Duration.ofMillis(3));
        ModelCalls gpt = Objects.requireNonNull(counts.calls().get("gpt"));
        assertThat(gpt.hits()).isOne();
        assertThat(gpt.misses()).isZero();
        assertThat(gpt.loads()).isOne();
        assertThat(counts.hits()).isEqualTo(3);
        assertThat(counts.misses()).isEqualTo(2);
        assertThat(counts.loads()).isEqualTo(3);
        assertThat(counts.loadTime()).isEqualTo(Duration.ofMillis(15));
    }

    @Test
    void what_is_not_known_of_an_answer_is_counted_as_not_known() {
        statistics.onCall(costing(CacheOutcome.HIT, null, -1, null));
        statistics.onCall(costing(CacheOutcome.HIT, "free", -1, new AnswerCost(1, 2, -1)));

        CacheStatistics.Snapshot counts = statistics.of("faq");
        assertThat(counts.models())
                .isEqualTo(Map.of(
                        "none", new ModelCosts(CostTotals.of(0, 0, 0, 1, 0), CostTotals.NONE),
                        "free", new ModelCosts(CostTotals.of(1, 2, 0, 0, 1), CostTotals.NONE)));
        assertThat(counts.estimatedTimeSaved()).isEmpty();
    }

    @Test
    void models_past_the_hundredth_and_those_with_endless_names_are_counted_together() {
        for (int i = 0; i < 300; i++) {
            statistics.onCall(costing(CacheOutcome.HIT, "model " + i, -1, new AnswerCost(1, 2, 3)));
        }
        statistics.onCall(costing(CacheOutcome.HIT, "m".repeat(101), -1, new AnswerCost(1, 2, 3)));

        CacheStatistics.Snapshot counts = statistics.of("faq");
        assertThat(counts.models()).hasSize(101).containsKey("model 99").doesNotContainKey("model 100");
        assertThat(counts.models())
                .containsEntry("other", new ModelCosts(CostTotals.of(201, 402, 603, 0, 0), CostTotals.NONE));
        assertThat(counts.saved()).isEqualTo(CostTotals.of(301, 602, 903, 0, 0));
    }

    @Test
    void no_answer_costs_so_much_that_a_sum_overflows() {
        for (int i = 0; i < 3; i++) {
            statistics.onCall(
                    costing(CacheOutcome.HIT, "m", -1, new AnswerCost(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE)));
        }

        assertThat(statistics.of("faq").saved().cost()).isEqualTo("3000000");
        assertThat(statistics.of("faq").saved().inputTokens()).isPositive();
    }

    private static PromptCacheEvent costing(
            CacheOutcome outcome, @Nullable String model, long loadNanos, @Nullable AnswerCost cost) {
        return new PromptCacheEvent("faq", outcome, null, null, model, null, 1, loadNanos, Double.NaN, cost);
    }

    private static PromptCacheEvent call(CacheOutcome outcome, @Nullable String tier) {
        return new PromptCacheEvent("faq", outcome, tier, null, null, null, 1, -1, Double.NaN);
    }
}
