package io.github.llmcache.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.llmcache.event.AnswerCost;
import io.github.llmcache.event.AnswerRejectedEvent;
import io.github.llmcache.event.BypassReason;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.CacheStatistics;
import io.github.llmcache.event.GuardedListeners;
import io.github.llmcache.event.PromptCacheEvent;
import io.github.llmcache.event.PromptCacheListener;
import io.github.llmcache.event.RefreshEvent;
import io.github.llmcache.event.RejectionReason;
import io.github.llmcache.event.TierFailureEvent;
import io.github.llmcache.event.TierFailureEvent.Operation;
import io.github.llmcache.tier.FailureKind;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PromptCacheMetricsTests {

    private static final String CANARY = "canary-8b1f";

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final PromptCacheMetrics metrics = new PromptCacheMetrics(registry);

    @Test
    void a_hit_is_counted_with_its_tier_and_its_model() {
        metrics.onCall(hit("prompt", "gpt-4o", "near", 0.5));
        metrics.onCall(hit("prompt", "gpt-4o", "redis", 0.5));
        metrics.onCall(hit("prompt", "gpt-4o", "redis", 0.5));

        assertThat(requests("prompt", "hit", "near", "gpt-4o")).isEqualTo(1);
        assertThat(requests("prompt", "hit", "redis", "gpt-4o")).isEqualTo(2);
    }

    @Test
    void what_is_not_known_is_tagged_none() {
        metrics.onCall(call("prompt", CacheOutcome.MISS, null, 1_000));
        metrics.onCall(call("prompt", CacheOutcome.MISS, " ", 1_000));

        assertThat(requests("prompt", "miss", "none", "none")).isEqualTo(2);
    }

    @Test
    void requests_carry_exactly_four_tags_whatever_their_outcome() {
        metrics.onCall(hit("prompt", null, "redis", 0.5));
        metrics.onCall(call("prompt", CacheOutcome.MISS, "m", 1));
        metrics.onCall(call("prompt", CacheOutcome.ERROR, "m", 1));
        metrics.onCall(bypass("prompt", CacheOutcome.BYPASS, BypassReason.SCOPE));

        assertThat(registry.find("llm.cache.requests").meters())
                .extracting(meter -> meter.getId().getTag("outcome"))
                .containsExactlyInAnyOrder("hit", "miss", "error", "bypass");
        assertThat(registry.find("llm.cache.requests").meters())
                .allSatisfy(meter -> assertThat(meter.getId().getTags())
                        .extracting(Tag::getKey)
                        .containsExactly("cache", "model", "outcome", "tier"));
    }

    @Test
    void every_outcome_is_counted() {
        for (CacheOutcome outcome : CacheOutcome.values()) {
            metrics.onCall(call("prompt", outcome, "m", -1));
        }

        assertThat(registry.find("llm.cache.requests").counters()).hasSize(CacheOutcome.values().length);
    }

    @Test
    void caches_are_counted_apart() {
        metrics.onCall(call("prompt", CacheOutcome.MISS, "m", 1));
        metrics.onCall(call("faq", CacheOutcome.MISS, "m", 1));

        assertThat(requests("prompt", "miss", "none", "m")).isEqualTo(1);
        assertThat(requests("faq", "miss", "none", "m")).isEqualTo(1);
    }

    @Test
    void a_bypass_is_counted_by_its_reason_even_where_the_method_threw() {
        metrics.onCall(bypass("prompt", CacheOutcome.BYPASS, BypassReason.SCOPE));
        metrics.onCall(bypass("prompt", CacheOutcome.ERROR, BypassReason.SCOPE));
        metrics.onCall(bypass("prompt", CacheOutcome.BYPASS, BypassReason.CONDITION));

        assertThat(counter("llm.cache.bypasses", "cache", "prompt", "reason", "scope"))
                .isEqualTo(2);
        assertThat(counter("llm.cache.bypasses", "cache", "prompt", "reason", "condition"))
                .isEqualTo(1);
    }

    @Test
    void the_time_saved_is_that_of_the_statistics_and_waits_until_it_is_known_how_long_the_method_takes() {
        CacheStatistics statistics = new CacheStatistics();
        List<PromptCacheListener> both = List.of(statistics, new PromptCacheMetrics(() -> registry, 100, statistics));
        GuardedListeners listeners = new GuardedListeners(both);
        listeners.onCall(hit("prompt", "m", "redis", 0.5));
        listeners.onCall(call("prompt", CacheOutcome.STALE, "m", -1));
        assertThat(saved("prompt")).isZero();

        listeners.onCall(call("prompt", CacheOutcome.MISS, "m", TimeUnit.SECONDS.toNanos(2)));
        listeners.onCall(call("prompt", CacheOutcome.COALESCED, "m", -1));
        listeners.onCall(hit("prompt", "m", "near", 0.5));
        assertThat(saved("prompt")).isEqualTo(6);
        assertThat(statistics.of("prompt").estimatedTimeSaved()).contains(Duration.ofSeconds(6));
        assertThat(registry.get("llm.cache.time.saved")
                        .functionCounter()
                        .getId()
                        .getBaseUnit())
                .isEqualTo("seconds");

        listeners.onCall(hit("faq", "m", "near", 0.5));
        assertThat(saved("faq")).isZero();
    }

    @Test
    void the_time_saved_never_falls_where_the_method_becomes_faster() {
        CacheStatistics statistics = new CacheStatistics();
        PromptCacheMetrics timed = new PromptCacheMetrics(() -> registry, 100, statistics);
        GuardedListeners listeners = new GuardedListeners(List.of(statistics, timed));
        listeners.onCall(call("prompt", CacheOutcome.MISS, "m", TimeUnit.SECONDS.toNanos(4)));
        listeners.onCall(hit("prompt", "m", "redis", 0.5));
        assertThat(saved("prompt")).isEqualTo(4);

        listeners.onCall(call("prompt", CacheOutcome.MISS, "m", 0));
        assertThat(saved("prompt")).isEqualTo(4);
        listeners.onCall(hit("prompt", "m", "redis", 0.5));
        assertThat(saved("prompt")).isEqualTo(6);
    }

    @Test
    void without_statistics_no_time_is_told() {
        metrics.onCall(hit("prompt", "m", "redis", 0.5));

        assertThat(registry.find("llm.cache.time.saved").meters()).isEmpty();
    }

    @Test
    void a_call_that_was_not_bypassed_is_no_bypass() {
        metrics.onCall(call("prompt", CacheOutcome.MISS, "m", 1));

        assertThat(registry.find("llm.cache.bypasses").meters()).isEmpty();
    }

    @Test
    void an_answer_that_is_not_stored_is_counted_by_its_reason() {
        metrics.onAnswerRejected(new AnswerRejectedEvent("prompt", RejectionReason.TOOL_CALL));

        assertThat(counter("llm.cache.rejections", "cache", "prompt", "reason", "tool_call"))
                .isEqualTo(1);
    }

    @Test
    void a_tier_failure_is_counted_by_tier_operation_and_kind() {
        metrics.onTierFailure(new TierFailureEvent("prompt", "redis", Operation.LOOKUP, FailureKind.TIMEOUT));
        metrics.onTierFailure(new TierFailureEvent("prompt", "redis", Operation.LOOKUP, FailureKind.TIMEOUT));
        metrics.onTierFailure(new TierFailureEvent("prompt", "redis", Operation.STORE, FailureKind.OUT_OF_MEMORY));

        assertThat(errors("prompt", "redis", "lookup", "timeout")).isEqualTo(2);
        assertThat(errors("prompt", "redis", "store", "out_of_memory")).isEqualTo(1);
    }

    @Test
    void the_model_is_timed_wherever_it_was_called() {
        metrics.onCall(call("prompt", CacheOutcome.MISS, "m", TimeUnit.MILLISECONDS.toNanos(30)));
        metrics.onCall(call("prompt", CacheOutcome.ERROR, "m", TimeUnit.MILLISECONDS.toNanos(12)));
        metrics.onCall(hit("prompt", "m", "redis", 0.5));

        Timer timer = registry.get("llm.cache.load")
                .tag("cache", "prompt")
                .tag("model", "m")
                .timer();
        assertThat(timer.count()).isEqualTo(2);
        assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(42);
    }

    @Test
    void a_call_that_the_method_did_not_answer_is_not_timed() {
        metrics.onCall(call("prompt", CacheOutcome.COALESCED, "m", -1));
        metrics.onCall(call("prompt", CacheOutcome.MISS, "m", -1));
        metrics.onCall(call("prompt", CacheOutcome.REFUSED, "m", -1));

        assertThat(registry.find("llm.cache.load").meters()).isEmpty();
    }

    @Test
    void old_answers_are_counted_with_the_tier_that_had_them() {
        metrics.onCall(stale(CacheOutcome.STALE, "near"));
        metrics.onCall(stale(CacheOutcome.STALE, "redis"));
        metrics.onCall(stale(CacheOutcome.STALE_IF_ERROR, "redis"));

        assertThat(requests("prompt", "stale", "near", "m")).isEqualTo(1);
        assertThat(requests("prompt", "stale", "redis", "m")).isEqualTo(1);
        assertThat(requests("prompt", "stale_if_error", "redis", "m")).isEqualTo(1);
        assertThat(registry.get("llm.cache.entry.age").summary().count()).isEqualTo(3);
    }

    @Test
    void a_refresh_is_counted_by_its_result_and_timed_with_the_other_calls_of_the_model() {
        metrics.onCall(call("prompt", CacheOutcome.MISS, "m", TimeUnit.MILLISECONDS.toNanos(30)));
        metrics.onRefresh(refresh("m", TimeUnit.MILLISECONDS.toNanos(8), true));
        metrics.onRefresh(refresh("m", TimeUnit.MILLISECONDS.toNanos(4), false));
        metrics.onRefresh(refresh(null, 1, true));

        assertThat(counter("llm.cache.refreshes", "cache", "prompt", "model", "m", "result", "success"))
                .isEqualTo(1);
        assertThat(counter("llm.cache.refreshes", "cache", "prompt", "model", "m", "result", "failure"))
                .isEqualTo(1);
        assertThat(counter("llm.cache.refreshes", "cache", "prompt", "model", "none", "result", "success"))
                .isEqualTo(1);
        Timer timer = registry.get("llm.cache.load").tag("model", "m").timer();
        assertThat(timer.count()).isEqualTo(3);
        assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(42);
    }

    @Test
    void the_age_of_hits_is_a_share_of_their_ttl() {
        metrics.onCall(hit("prompt", "m", "redis", 0.25));
        metrics.onCall(hit("prompt", "m", "redis", 0.75));
        metrics.onCall(call("prompt", CacheOutcome.MISS, "m", 1));

        DistributionSummary age =
                registry.get("llm.cache.entry.age").tag("cache", "prompt").summary();
        assertThat(age.count()).isEqualTo(2);
        assertThat(age.mean()).isEqualTo(0.5);
        assertThat(age.max()).isEqualTo(0.75);
    }

    @Test
    void models_past_the_bound_share_one_tag_value_over_all_caches() {
        PromptCacheMetrics bounded = new PromptCacheMetrics(() -> registry, 2);

        for (String model : List.of("a", "b", "c", "d", "a")) {
            bounded.onCall(call("prompt", CacheOutcome.MISS, model, 1));
            bounded.onCall(call("faq", CacheOutcome.MISS, model, 1));
        }

        assertThat(requests("prompt", "miss", "none", "a")).isEqualTo(2);
        assertThat(requests("prompt", "miss", "none", "b")).isEqualTo(1);
        assertThat(requests("prompt", "miss", "none", "other")).isEqualTo(2);
        assertThat(tagValues("model")).containsOnly("a", "b", "other");
    }

    @Test
    void a_hundred_models_have_a_tag_value_of_their_own_by_default() {
        for (int i = 0; i < 250; i++) {
            metrics.onCall(call("prompt", CacheOutcome.MISS, "model-" + i, 1));
        }

        assertThat(tagValues("model"))
                .hasSize(101)
                .contains("model-99", "other")
                .doesNotContain("model-100");
    }

    @Test
    void the_bound_of_models_holds_under_concurrent_calls() throws Exception {
        PromptCacheMetrics bounded = new PromptCacheMetrics(() -> registry, 5);
        CountDownLatch go = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> runs = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                int first = thread * 50;
                runs.add(threads.submit(() -> {
                    go.await();
                    for (int i = 0; i < 50; i++) {
                        bounded.onCall(call("prompt", CacheOutcome.MISS, "model-" + (first + i), 1));
                    }
                    return null;
                }));
            }
            go.countDown();
            for (Future<?> run : runs) {
                run.get(10, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(tagValues("model")).hasSize(6).contains("other");
        assertThat(registry.get("llm.cache.requests").counters().stream()
                        .mapToDouble(counter -> counter.count())
                        .sum())
                .isEqualTo(400);
    }

    @Test
    void a_negative_bound_of_models_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PromptCacheMetrics(() -> registry, -1))
                .withMessageContaining("-1");
    }

    @Test
    void the_registry_is_asked_for_once_a_cache_and_not_before_the_first_event() {
        AtomicInteger asked = new AtomicInteger();
        PromptCacheMetrics lazy = new PromptCacheMetrics(
                () -> {
                    asked.incrementAndGet();
                    return registry;
                },
                10);
        assertThat(asked).hasValue(0);

        for (int i = 0; i < 10; i++) {
            lazy.onCall(hit("prompt", "m", "redis", 0.5));
        }

        assertThat(asked).hasValue(1);
    }

    @Test
    void a_meter_that_is_known_is_not_looked_up_in_the_registry_again() {
        tellOfEverything();
        assertThat(registry.getMeters()).isNotEmpty();

        // Whoever looked a meter up again would register it again.
        registry.clear();
        tellOfEverything();

        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void the_digest_of_a_request_stands_in_no_tag() {
        metrics.onCall(new PromptCacheEvent("prompt", CacheOutcome.HIT, "redis", null, "m", CANARY, 1, -1, 0.1));
        metrics.onCall(new PromptCacheEvent("prompt", CacheOutcome.MISS, null, null, "m", CANARY, 1, 1, Double.NaN));

        assertThat(registry.getMeters())
                .hasSize(4)
                .allSatisfy(meter -> assertThat(meter.getId().toString()).doesNotContain(CANARY));
    }

    private void tellOfEverything() {
        metrics.onCall(stale(CacheOutcome.STALE, "redis"));
        metrics.onRefresh(refresh("m", 1, true));
        metrics.onCall(hit("prompt", "m", "redis", 0.5));
        metrics.onCall(call("prompt", CacheOutcome.MISS, "m", 1));
        metrics.onCall(bypass("prompt", CacheOutcome.BYPASS, BypassReason.SCOPE));
        metrics.onAnswerRejected(new AnswerRejectedEvent("prompt", RejectionReason.EMPTY));
        metrics.onTierFailure(new TierFailureEvent("prompt", "redis", Operation.STORE, FailureKind.TIMEOUT));
    }

    @Test
    void tokens_and_money_are_counted_as_saved_or_spent_by_cache_and_model() {
        AnswerCost cost = new AnswerCost(10, 20, 1_500_000_000);
        for (CacheOutcome outcome : List.of(CacheOutcome.HIT, CacheOutcome.STALE, CacheOutcome.COALESCED)) {
            metrics.onCall(costing(outcome, -1, cost));
        }
        metrics.onCall(costing(CacheOutcome.MISS, 1, cost));
        metrics.onRefresh(new RefreshEvent("prompt", "m", CANARY, 1, true, cost));

        assertThat(counter("llm.cache.tokens.saved", "cache", "prompt", "model", "m", "type", "input"))
                .isEqualTo(30);
        assertThat(counter("llm.cache.tokens.saved", "cache", "prompt", "model", "m", "type", "output"))
                .isEqualTo(60);
        assertThat(counter("llm.cache.cost.saved", "cache", "prompt", "model", "m"))
                .isEqualTo(4.5);
        assertThat(counter("llm.cache.tokens.spent", "cache", "prompt", "model", "m", "type", "output"))
                .isEqualTo(40);
        assertThat(counter("llm.cache.cost.spent", "cache", "prompt", "model", "m"))
                .isEqualTo(3);
    }

    @Test
    void without_a_price_tokens_alone_are_counted_and_without_tokens_nothing() {
        metrics.onCall(costing(CacheOutcome.HIT, -1, new AnswerCost(10, 20, -1)));
        metrics.onCall(costing(CacheOutcome.HIT, -1, null));

        assertThat(counter("llm.cache.tokens.saved", "cache", "prompt", "model", "m", "type", "input"))
                .isEqualTo(10);
        assertThat(registry.find("llm.cache.cost.saved").meters()).isEmpty();
    }

    private static PromptCacheEvent costing(CacheOutcome outcome, long loadNanos, @Nullable AnswerCost cost) {
        return new PromptCacheEvent("prompt", outcome, null, null, "m", "d", 1, loadNanos, Double.NaN, cost);
    }

    private List<String> tagValues(String tag) {
        return registry.get("llm.cache.requests").counters().stream()
                .map(counter -> String.valueOf(counter.getId().getTag(tag)))
                .distinct()
                .toList();
    }

    private double requests(String cache, String outcome, String tier, String model) {
        return counter("llm.cache.requests", "cache", cache, "outcome", outcome, "tier", tier, "model", model);
    }

    private double errors(String cache, String tier, String operation, String kind) {
        return counter("llm.cache.errors", "cache", cache, "tier", tier, "operation", operation, "kind", kind);
    }

    private double counter(String name, String... tags) {
        return registry.get(name).tags(tags).counter().count();
    }

    private static PromptCacheEvent hit(String cache, @Nullable String model, String tier, double age) {
        return new PromptCacheEvent(cache, CacheOutcome.HIT, tier, null, model, "digest", 1_000, -1, age);
    }

    private static PromptCacheEvent stale(CacheOutcome outcome, String tier) {
        return new PromptCacheEvent("prompt", outcome, tier, null, "m", "digest", 1_000, -1, 1);
    }

    private static RefreshEvent refresh(@Nullable String model, long loadNanos, boolean succeeded) {
        return new RefreshEvent("prompt", model, CANARY, loadNanos, succeeded);
    }

    private static PromptCacheEvent call(String cache, CacheOutcome outcome, @Nullable String model, long loadNanos) {
        return new PromptCacheEvent(cache, outcome, null, null, model, "digest", 1_000, loadNanos, Double.NaN);
    }

    private static PromptCacheEvent bypass(String cache, CacheOutcome outcome, BypassReason reason) {
        return new PromptCacheEvent(cache, outcome, null, reason, "m", null, 1_000, 500, Double.NaN);
    }

    private double saved(String cache) {
        return registry.get("llm.cache.time.saved")
                .tag("cache", cache)
                .functionCounter()
                .count();
    }
}
