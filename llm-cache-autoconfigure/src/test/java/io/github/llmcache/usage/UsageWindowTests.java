package io.github.llmcache.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageWindowTests {

    @ParameterizedTest
    @CsvSource({
        "MINUTE,2026-01-31T23:59:59.999Z,UTC,2026-02-01T00:00:00Z",
        "MINUTE,2026-01-31T23:59:00Z,UTC,2026-02-01T00:00:00Z",
        "HOUR,2026-11-23T10:15:30Z,Asia/Kolkata,2026-11-23T10:30:00Z",
        "DAY,2026-11-23T22:59:59.999Z,Europe/Berlin,2026-11-23T23:00:00Z",
        "DAY,2026-11-23T23:00:00Z,Europe/Berlin,2026-11-24T23:00:00Z",
        "DAY,2026-03-28T23:00:00Z,Europe/Berlin,2026-03-29T22:00:00Z",
        "DAY,2026-10-24T22:00:00Z,Europe/Berlin,2026-10-25T23:00:00Z",
        "DAY,2026-09-06T03:59:59Z,America/Santiago,2026-09-06T04:00:00Z",
        "MONTH,2026-01-31T23:59:59.999Z,UTC,2026-02-01T00:00:00Z",
        "MONTH,2028-02-29T12:00:00Z,UTC,2028-03-01T00:00:00Z",
        "MONTH,2026-12-31T23:30:00Z,Europe/Berlin,2027-01-31T23:00:00Z",
        "MONTH,2026-03-31T21:59:59Z,Europe/Berlin,2026-03-31T22:00:00Z",
    })
    void a_window_ends_where_the_calendar_of_the_zone_says(UsageWindow window, Instant now, ZoneId zone, Instant end) {
        assertThat(window.end(now, zone)).isEqualTo(end);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UTC",
                "Europe/Berlin",
                "Australia/Lord_Howe",
                "America/Santiago",
                "Africa/Monrovia",
                "Antarctica/Troll"
            })
    void every_moment_of_a_year_is_in_a_window_that_ends_later_and_lasts_no_longer_than_is_said(String name) {
        ZoneId zone = ZoneId.of(name);
        Instant end = Instant.parse("2027-01-01T00:00:00Z");
        for (Instant now = Instant.parse("2026-01-01T00:00:00Z"); now.isBefore(end); now = now.plusSeconds(900)) {
            for (UsageWindow window : UsageWindow.values()) {
                Duration left = Duration.between(now, window.end(now, zone));
                assertThat(left).isPositive().isLessThanOrEqualTo(window.longest());
            }
        }
    }

    @Test
    void a_window_of_days_begins_where_midnight_is_left_out() {
        ZoneId santiago = ZoneId.of("America/Santiago");
        Instant begin = UsageWindow.DAY.end(
                ZonedDateTime.of(2026, 9, 5, 12, 0, 0, 0, santiago).toInstant(), santiago);

        assertThat(begin.atZone(santiago).getHour()).isEqualTo(1);
    }
}
