package io.github.llmcache.benchmarks;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;

/** Times that were taken, in nanoseconds. */
final class Times {

    private final long[] sorted;

    private Times(long[] sorted) {
        this.sorted = sorted;
    }

    static Times of(Collection<Long> nanos) {
        long[] all = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        if (all.length == 0) {
            throw new IllegalArgumentException("No times were taken");
        }
        return new Times(all);
    }

    /** The time that such a part of all does not exceed, in milliseconds. */
    double millis(double part) {
        int rank = (int) Math.ceil(part * sorted.length);
        return sorted[Math.max(0, rank - 1)] / 1e6;
    }

    double medianMillis() {
        return millis(0.5);
    }

    double meanMillis() {
        return Arrays.stream(sorted).average().orElseThrow() / 1e6;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "50 %% %.2f ms, 99 %% %.2f ms, longest %.2f ms of %d",
                medianMillis(),
                millis(0.99),
                millis(1),
                sorted.length);
    }
}
