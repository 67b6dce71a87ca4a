package io.github.llmcache.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.llmcache.event.CacheStatistics;
import io.github.llmcache.event.DailyStatistics;
import io.github.llmcache.event.FleetStatistics;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What is read of many caches, in how much time. */
class FleetCountsTests {

    private final Map<String, FleetDescriptor> read = new LinkedHashMap<>();

    @Test
    void caches_for_which_no_time_is_left_are_left_out() {
        FleetCounts counts = counts(cache -> {
            long until = System.nanoTime() + Duration.ofMillis(250).toNanos();
            while (cache.equals("slow") && System.nanoTime() - until < 0) {
                Thread.onSpinWait();
            }
        });

        assertThat(counts.read(List.of("quick", "slow", "last", "and least"), null, read))
                .isFalse();
        assertThat(read).containsOnlyKeys("quick", "slow");
    }

    @Test
    void all_caches_are_read_while_there_is_time() {
        assertThat(counts(cache -> {}).read(List.of("one", "two"), 7, read)).isTrue();
        assertThat(read).containsOnlyKeys("one", "two");
    }

    @Test
    void what_was_read_before_a_failure_is_kept() {
        FleetCounts counts = counts(cache -> {
            if (cache.equals("two")) {
                throw new TierException(FailureKind.TIMEOUT, "As the test says", null);
            }
        });

        assertThatExceptionOfType(TierException.class)
                .isThrownBy(() -> counts.read(List.of("one", "two", "three"), null, read));
        assertThat(read).containsOnlyKeys("one");
    }

    private static FleetCounts counts(Consumer<String> reading) {
        FleetStatistics fleet = (cache, from, to, atMost) -> {
            reading.accept(cache);
            return new DailyStatistics(from, to, true, new TreeMap<>(), new CacheStatistics().of(cache));
        };
        return new FleetCounts(fleet, Clock.systemUTC());
    }
}
