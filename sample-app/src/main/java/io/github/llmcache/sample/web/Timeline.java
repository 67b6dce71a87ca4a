package io.github.llmcache.sample.web;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * How the totals grew, in at most 120 moments; not thread-safe.
 *
 * <p>Of all questions in a step of time the last moment is kept. A step is a second at first, so that the first few
 * questions can be told apart, and twice as long each time that there are too many moments.
 */
class Timeline {

    static final int MOST = 120;

    private final List<Moment> moments = new ArrayList<>();
    private long stepMillis = Duration.ofSeconds(1).toMillis();

    void add(Instant now, Totals totals) {
        append(moments, new Moment(notBeforeTheLast(now), totals));
        while (moments.size() > MOST) {
            stepMillis *= 2;
            List<Moment> all = List.copyOf(moments);
            moments.clear();
            all.forEach(moment -> append(moments, moment));
        }
    }

    List<Moment> moments() {
        return List.copyOf(moments);
    }

    private void append(List<Moment> to, Moment moment) {
        int last = to.size() - 1;
        if (last >= 0 && step(to.get(last)) == step(moment)) {
            to.set(last, moment);
        } else {
            to.add(moment);
        }
    }

    private long step(Moment moment) {
        return Math.floorDiv(moment.at().toEpochMilli(), stepMillis);
    }

    // A machine's clock may be put back.
    private Instant notBeforeTheLast(Instant now) {
        if (moments.isEmpty()) {
            return now;
        }
        Instant last = moments.get(moments.size() - 1).at();
        return now.isBefore(last) ? last : now;
    }
}
