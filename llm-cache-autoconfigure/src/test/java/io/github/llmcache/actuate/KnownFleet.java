package io.github.llmcache.actuate;

import io.github.llmcache.event.AnswerCost;
import io.github.llmcache.event.AskedPrompts;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.CacheStatistics;
import io.github.llmcache.event.DailyStatistics;
import io.github.llmcache.event.FleetStatistics;
import io.github.llmcache.event.PromptCacheEvent;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A fleet that counted today what a test says, in every cache. */
final class KnownFleet implements FleetStatistics {

    private final LocalDate today = LocalDate.now(ZoneOffset.UTC);
    private CacheStatistics counted = new CacheStatistics();
    private @Nullable FailureKind failure;
    private int questions;
    private @Nullable AskedPrompts asked;

    LocalDate today() {
        return today;
    }

    int questions() {
        return questions;
    }

    /** Hits, of a model that takes a second, and what they saved in all. */
    void count(int hits, long nanosSaved) {
        counted.onCall(event(CacheOutcome.MISS, 1_000_000_000, 0));
        for (int i = 0; i < hits; i++) {
            counted.onCall(event(CacheOutcome.HIT, -1, nanosSaved / hits));
        }
    }

    /** Prompts of today. */
    void ask(AskedPrompts prompts) {
        asked = prompts;
    }

    void fail(FailureKind kind) {
        failure = kind;
    }

    void reset() {
        counted = new CacheStatistics();
        failure = null;
        asked = null;
        questions = 0;
    }

    @Override
    public DailyStatistics of(String cache, LocalDate from, LocalDate to, Duration atMost) {
        questions++;
        if (failure != null) {
            throw new TierException(failure, "As the test says", null);
        }
        SortedMap<LocalDate, CacheStatistics.Snapshot> days = new TreeMap<>();
        days.put(today, counted.of("any"));
        return new DailyStatistics(
                from, to, true, days, counted.of("any"), asked == null ? Map.of() : Map.of(today, asked), asked);
    }

    private static PromptCacheEvent event(CacheOutcome outcome, long loadNanos, long nanos) {
        return new PromptCacheEvent(
                "any", outcome, null, null, "gpt", null, 1, loadNanos, Double.NaN, new AnswerCost(1, 2, nanos));
    }
}
