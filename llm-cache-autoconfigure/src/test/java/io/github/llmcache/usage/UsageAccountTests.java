package io.github.llmcache.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UsageAccountTests {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    private final UsageAccount account = new UsageAccount(ZoneOffset.UTC);

    UsageAccountTests() {
        account.claims(UsageAmount.NOTHING, Map.of(UsageWindow.DAY, UsageLimit.UNLIMITED), NOW);
    }

    @Test
    void what_the_store_said_later_counts_also_where_it_is_taken_first() {
        saw(96, 4000, 999_990);
        saw(60, 5000, 999_995);

        assertThat(calls()).isEqualTo(96);
        saw(97, 3000, 999_980);
        assertThat(account.used(UsageWindow.DAY, NOW)).isEqualTo(new UsageAmount(97, 3000, 0));
    }

    @Test
    void of_what_it_said_in_one_millisecond_the_most_counts() {
        saw(7, 100, 999_990);
        saw(6, 200, 999_990);

        assertThat(account.used(UsageWindow.DAY, NOW)).isEqualTo(new UsageAmount(7, 200, 0));
    }

    @Test
    void a_counter_that_was_deleted_and_begun_anew_counts() {
        saw(96, 4000, 500_000);
        saw(1, 0, 999_000);

        assertThat(calls()).isEqualTo(1);
    }

    @Test
    void the_next_window_begins_with_nothing() {
        saw(96, 4000, 500_000);
        Instant tomorrow = NOW.plus(Duration.ofDays(1));

        assertThat(account.used(UsageWindow.DAY, tomorrow)).isEqualTo(UsageAmount.NOTHING);
        account.saw(reading(2, 0, 900_000), tomorrow);
        assertThat(account.used(UsageWindow.DAY, tomorrow).calls()).isEqualTo(2);
    }

    private long calls() {
        return account.used(UsageWindow.DAY, NOW).calls();
    }

    private void saw(long calls, long tokens, long millisLeft) {
        account.saw(reading(calls, tokens, millisLeft), NOW);
    }

    private static UsageReading reading(long calls, long tokens, long millisLeft) {
        return new UsageReading(
                null,
                Map.of(
                        UsageWindow.DAY,
                        new WindowReading(new UsageAmount(calls, tokens, 0), Duration.ofMillis(millisLeft))));
    }
}
