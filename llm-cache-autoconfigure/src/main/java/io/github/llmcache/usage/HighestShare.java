package io.github.llmcache.usage;

import java.time.Instant;

/** The highest share of one limit that was seen in the current window. Thread-safe. */
final class HighestShare {

    private record Seen(double share, Instant end) {}

    private volatile Seen highest = new Seen(0, Instant.MIN);

    /** A share was seen, in a window that ends at a time. */
    void saw(double share, Instant end, Instant now) {
        if (isNews(share, now)) {
            synchronized (this) {
                if (isNews(share, now)) {
                    highest = new Seen(share, end);
                }
            }
        }
    }

    private boolean isNews(double share, Instant now) {
        Seen before = highest;
        return share > before.share() || !now.isBefore(before.end());
    }

    /** The highest share, 0 where none was seen in this window. */
    double at(Instant now) {
        Seen seen = highest;
        return now.isBefore(seen.end()) ? seen.share() : 0;
    }
}
