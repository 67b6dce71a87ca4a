package io.github.llmcache.redis;

import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What was counted of one cache and is not known to stand in Redis, in parts by day.
 *
 * <p>A part that has been sent never changes: as long as nobody knows whether it has arrived, it is sent again as it is,
 * with its number. Used by one thread after the other.
 */
final class UnsentCounts {

    /** The most parts that are kept while Redis takes none: those of about a month, or of fewer days of trouble. */
    private static final int MOST = 60;

    private final Deque<Part> parts = new ArrayDeque<>();
    private Map<String, Long> taken = Map.of();

    /** Counts of one day, and the number they are sent with, or 0 before that. */
    static final class Part {

        private final LocalDate day;
        private final Map<String, Long> counts = new LinkedHashMap<>();
        private long number;

        private Part(LocalDate day) {
            this.day = day;
        }

        LocalDate day() {
            return day;
        }

        Map<String, Long> counts() {
            return counts;
        }

        long number() {
            return number;
        }
    }

    /** Takes what has been counted since the last time, as counts of a day; returns a part that is given up for it. */
    @Nullable
    Part take(Map<String, Long> sums, LocalDate day) {
        Map<String, Long> added = new LinkedHashMap<>();
        sums.forEach((field, sum) -> {
            long before = taken.getOrDefault(field, 0L);
            if (sum > before) {
                added.put(field, sum - before);
            }
        });
        if (added.isEmpty()) {
            return null;
        }
        taken = sums;
        Part lost = null;
        Part last = parts.peekLast();
        if (last == null || last.number != 0 || !last.day.equals(day)) {
            last = new Part(day);
            parts.addLast(last);
            if (parts.size() > MOST) {
                lost = parts.removeFirst();
            }
        }
        for (Map.Entry<String, Long> count : added.entrySet()) {
            last.counts.merge(count.getKey(), count.getValue(), Long::sum);
        }
        return lost;
    }

    /** The oldest part of a day other than these, which from now on has a number and does not change; null if there is none. */
    @Nullable
    Part next(LongSupplier numbers, Set<LocalDate> but) {
        for (Part part : parts) {
            if (!but.contains(part.day)) {
                if (part.number == 0) {
                    part.number = numbers.getAsLong();
                }
                return part;
            }
        }
        return null;
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }

    /** A part has arrived. */
    void arrived(Part part) {
        parts.remove(part);
    }
}
