package io.github.llmcache.sample.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.event.CostTotals;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TimelineTest {

    private static final Instant START = Instant.parse("2026-05-01T12:00:00Z");

    private final Timeline timeline = new Timeline();

    @Test
    void ofTheQuestionsInOneSecondTheLastMomentIsKept() {
        add(0, 1);
        add(999, 2);
        add(1000, 3);

        assertThat(asked()).containsExactly(2L, 3L);
    }

    @Test
    void aDayOfQuestionsIsKeptInFewMomentsFromTheFirstToTheLast() {
        long seconds = Duration.ofDays(1).toSeconds();
        LongStream.range(0, seconds).forEach(second -> add(second * 1000, second + 1));

        List<Moment> moments = timeline.moments();
        assertThat(moments).hasSizeBetween(Timeline.MOST / 2, Timeline.MOST);
        assertThat(asked()).isSorted().endsWith(seconds);
        assertThat(moments.get(0).at()).isBefore(START.plusSeconds(1800));
        assertThat(moments.get(moments.size() - 1).at()).isEqualTo(START.plusSeconds(seconds - 1));
    }

    @Test
    void aPauseOfAYearTakesNoRoom() {
        add(0, 1);
        add(Duration.ofDays(365).toMillis(), 2);

        assertThat(asked()).containsExactly(1L, 2L);
    }

    @Test
    void aClockThatIsPutBackDoesNotTurnTheMomentsAround() {
        add(5000, 1);
        add(1000, 2);
        add(6000, 3);

        assertThat(asked()).containsExactly(2L, 3L);
        assertThat(timeline.moments().get(0).at()).isEqualTo(START.plusSeconds(5));
    }

    private void add(long millis, long asked) {
        timeline.add(START.plusMillis(millis), new Totals(asked, 0, 0, Saved.of(CostTotals.NONE)));
    }

    private List<Long> asked() {
        return timeline.moments().stream()
                .map(moment -> moment.totals().asked())
                .toList();
    }
}
