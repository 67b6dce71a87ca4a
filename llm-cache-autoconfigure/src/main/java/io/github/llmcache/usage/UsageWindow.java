package io.github.llmcache.usage;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** A stretch of the calendar in which usage is counted, and after which it is counted from nothing. */
public enum UsageWindow {
    /** A minute of the clock. */
    MINUTE(Duration.ofMinutes(1)) {
        @Override
        ZonedDateTime endOf(ZonedDateTime now) {
            return now.truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
        }
    },
    /** An hour of the clock. */
    HOUR(Duration.ofHours(1)) {
        @Override
        ZonedDateTime endOf(ZonedDateTime now) {
            return now.truncatedTo(ChronoUnit.HOURS).plusHours(1);
        }
    },
    /** A day of the calendar, an hour or two shorter or longer where clocks are put forward and back. */
    DAY(Duration.ofHours(26)) {
        @Override
        ZonedDateTime endOf(ZonedDateTime now) {
            return now.toLocalDate().plusDays(1).atStartOfDay(now.getZone());
        }
    },
    /** A month of the calendar. */
    MONTH(Duration.ofDays(31).plusHours(2)) {
        @Override
        ZonedDateTime endOf(ZonedDateTime now) {
            return now.toLocalDate().withDayOfMonth(1).plusMonths(1).atStartOfDay(now.getZone());
        }
    };

    private final Duration longest;

    UsageWindow(Duration longest) {
        this.longest = longest;
    }

    abstract ZonedDateTime endOf(ZonedDateTime now);

    /**
     * Tells when the window ends that a time is in.
     *
     * @param now the time
     * @param zone where days and months begin
     * @return the first moment of the next window, later than the time
     */
    public Instant end(Instant now, ZoneId zone) {
        Instant end = endOf(now.atZone(zone)).toInstant();
        while (!end.isAfter(now)) {
            // Where clocks are put back by less than an hour, an hour may begin before the one that it is cut from.
            end = end.plus(longest);
        }
        return end;
    }

    /** How long a window is at most. */
    public Duration longest() {
        return longest;
    }

    /** The window's name in keys and in settings. */
    public String segment() {
        return name().toLowerCase(Locale.ROOT);
    }
}
