package io.github.llmcache.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.llmcache.tier.FailureKind;
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
