package io.github.llmcache.usage;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What this JVM knows of one subject's usage: what it saw in the store last, and what it has counted and not told it yet.
 *
 * <p>Thread-safe.
 */
final class UsageAccount {

    private static final Duration NEVER_SEEN = Duration.ofSeconds(Long.MAX_VALUE);

    /** A counter that has so much more time than before was deleted meanwhile, and begun anew. */
    private static final Duration ANOTHER_COUNTER = Duration.ofSeconds(1);

    private static final class Counters {

        private Instant end = Instant.MIN;
        private UsageAmount seen = UsageAmount.NOTHING;
        private Duration seenLeft = NEVER_SEEN;
        private UsageAmount untold = UsageAmount.NOTHING;
        private final Set<UsageUnit> warned = EnumSet.noneOf(UsageUnit.class);

        void roll(Instant now, UsageWindow window, ZoneId zone) {
            if (!now.isBefore(end)) {
                end = window.end(now, zone);
                seen = UsageAmount.NOTHING;
                seenLeft = NEVER_SEEN;
                untold = UsageAmount.NOTHING;
                warned.clear();
            }
        }

        /** Callers take what the store says in any order; of what is not later by the counters' time, the most counts. */
        void see(WindowReading read) {
            Duration behind = read.left().minus(seenLeft);
            boolean later = behind.isNegative() || behind.compareTo(ANOTHER_COUNTER) > 0;
            seen = later ? read.used() : seen.most(read.used());
            seenLeft = later ? read.left() : seenLeft;
        }
    }

    private final Map<UsageWindow, Counters> windows = new EnumMap<>(UsageWindow.class);
    private final ZoneId zone;
    private boolean telling;

    UsageAccount(ZoneId zone) {
        this.zone = zone;
    }

    /** Counts in all windows, without a look at limits. */
    synchronized void add(UsageAmount amount, Iterable<UsageWindow> in, Instant now) {
        for (UsageWindow window : in) {
            Counters counters = counters(window, now);
            counters.untold = counters.untold.plus(amount);
        }
    }

    /** Counts in all windows if no limit is reached by what is known here; tells the limit otherwise. */
    synchronized UsageReading.@Nullable Refusal take(
            UsageAmount amount, Map<UsageWindow, UsageLimit> limits, Instant now) {
        UsageReading.Refusal refusal = null;
        for (Map.Entry<UsageWindow, UsageLimit> entry : limits.entrySet()) {
            UsageAmount used = used(entry.getKey(), now);
            for (UsageUnit unit : UsageUnit.values()) {
                long limit = entry.getValue().of(unit);
                if (limit != UsageLimit.NONE && used.of(unit) >= limit) {
                    refusal = new UsageReading.Refusal(entry.getKey(), unit);
                }
            }
        }
        if (refusal == null) {
            add(amount, limits.keySet(), now);
        }
        return refusal;
    }

    /** What is used by what is known here. */
    synchronized UsageAmount used(UsageWindow window, Instant now) {
        Counters counters = counters(window, now);
        return counters.seen.plus(counters.untold);
    }

    /**
     * Replaces what was reserved by what was used. What was reserved in a window that has ended went with it; what was used
     * counts in the window in which that became known.
     */
    synchronized void settle(
            UsageAmount reserved, UsageAmount used, Instant reservedAt, Iterable<UsageWindow> in, Instant now) {
        for (UsageWindow window : in) {
            Counters counters = counters(window, now);
            boolean same = now.isBefore(window.end(reservedAt, zone));
            UsageAmount owed = same ? used.minus(reserved) : new UsageAmount(0, used.tokens(), used.nanos());
            counters.untold = counters.untold.plus(owed);
        }
    }

    /** What the store is to do, which from now on counts as told. */
    synchronized List<WindowClaim> claims(UsageAmount wanted, Map<UsageWindow, UsageLimit> limits, Instant now) {
        List<WindowClaim> claims = new ArrayList<>(limits.size());
        limits.forEach((window, limit) -> {
            Counters counters = counters(window, now);
            claims.add(new WindowClaim(window, Duration.between(now, counters.end), counters.untold, wanted, limit));
            counters.untold = UsageAmount.NOTHING;
        });
        return claims;
    }

    /** The store has answered. */
    synchronized void saw(UsageReading reading, Instant askedAt) {
        reading.windows().forEach((window, read) -> {
            Counters counters = windows.get(window);
            if (counters != null && counters.end.equals(window.end(askedAt, zone))) {
                counters.see(read);
            }
        });
    }

    /** Whether nobody was warned of the limit in this window; who asks warns. */
    synchronized boolean isFirstWarning(UsageWindow window, UsageUnit unit, Instant askedAt) {
        Counters counters = windows.get(window);
        return counters != null && counters.end.equals(window.end(askedAt, zone)) && counters.warned.add(unit);
    }

    /**
     * The store has not answered: what it may have added nevertheless is told it again, because too much is better than too
     * little here; what it may have given back is not.
     */
    synchronized void untold(List<WindowClaim> claims, boolean inDoubt, Instant askedAt) {
        for (WindowClaim claim : claims) {
            Counters counters = windows.get(claim.window());
            if (counters != null && counters.end.equals(claim.window().end(askedAt, zone))) {
                counters.untold = counters.untold.plus(inDoubt ? claim.owed().positive() : claim.owed());
            }
        }
    }

    /** Whether there is something to tell, and nobody else is about to. */
    synchronized boolean beginTelling(Instant now) {
        if (telling || !owes(now)) {
            return false;
        }
        telling = true;
        return true;
    }

    synchronized void endTelling() {
        telling = false;
    }

    /** Whether the store has not been told all. */
    synchronized boolean owes(Instant now) {
        return windows.values().stream()
                .anyMatch(counters -> now.isBefore(counters.end) && !counters.untold.equals(UsageAmount.NOTHING));
    }

    private Counters counters(UsageWindow window, Instant now) {
        Counters counters = windows.computeIfAbsent(window, name -> new Counters());
        counters.roll(now, window, zone);
        return counters;
    }
}
