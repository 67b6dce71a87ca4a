package io.github.llmcache.engine;

import io.github.llmcache.tier.CacheEntry;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/** What an entry is good for in one call, by its age. */
enum Freshness {
    /** It is served. */
    FRESH,
    /** It is served, and refreshed in the background. */
    STALE,
    /** It is served if the model fails. */
    OLD,
    /** It is not served. */
    TOO_OLD;

    static Freshness of(CacheEntry entry, Staleness staleness, PromptDirectives directives, Instant now) {
        Duration maxAge = directives.maxAge();
        if (maxAge != null && now.isAfter(later(entry.createdAt(), maxAge))) {
            return TOO_OLD;
        }
        if (!now.isAfter(entry.freshUntil())) {
            return FRESH;
        }
        if (!now.isAfter(later(entry.freshUntil(), staleness.whileRevalidate()))) {
            return STALE;
        }
        return now.isAfter(later(entry.freshUntil(), staleness.ifError())) ? TOO_OLD : OLD;
    }

    private static Instant later(Instant start, Duration time) {
        try {
            return start.plus(time);
        } catch (ArithmeticException | DateTimeException ex) {
            return Instant.MAX;
        }
    }
}
