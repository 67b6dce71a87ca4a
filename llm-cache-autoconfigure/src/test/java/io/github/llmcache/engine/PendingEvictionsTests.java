package io.github.llmcache.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.github.llmcache.event.PromptCacheListener;
import io.github.llmcache.testing.RecordingEvictor;
import io.github.llmcache.tier.Eviction;
import io.github.llmcache.tier.FailureKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PendingEvictionsTests {

    private final RecordingEvictor evictor = new RecordingEvictor(null);
    private final Deque<Runnable> scheduled = new ArrayDeque<>();
    private final List<Long> delays = new ArrayList<>();
    private final ScheduledExecutorService scheduler = mock();
    private Instant now = Instant.EPOCH;
    private Duration kept = Duration.ofMinutes(10);

    private final PendingEvictions evictions =
            new PendingEvictions(evictor, "redis", cache -> kept, new PromptCacheListener() {}, () -> now, scheduler);

    @BeforeEach
    void schedule() {
        when(scheduler.schedule(any(Runnable.class), anyLong(), any())).thenAnswer(call -> {
            scheduled.add(call.getArgument(0));
            delays.add(call.getArgument(1));
            return null;
        });
    }

    private void runScheduled() {
        scheduled.remove().run();
    }

    @Test
    void what_works_is_not_tried_again() {
        evictions.evict("prompt", new Eviction.OfTag("a"));

        assertThat(evictor.evictions()).containsExactly(new Eviction.OfTag("a"));
        assertThat(scheduled).isEmpty();
    }

    @Test
    void what_failed_is_tried_again_ever_more_seldom_until_it_works() {
        evictor.failWith(FailureKind.TIMEOUT);
        evictions.evict("prompt", new Eviction.OfTag("a"));
        evictions.evict("prompt", new Eviction.OfTag("b"));
        evictions.evict("prompt", new Eviction.OfTag("a"));
        for (int i = 0; i < 8; i++) {
            runScheduled();
        }
        assertThat(delays).containsExactly(100L, 200L, 400L, 800L, 1000L, 1000L, 1000L, 1000L, 1000L);
        assertThat(evictions.size()).isEqualTo(2);

        evictor.failWith(null);
        runScheduled();

        assertThat(evictor.evictions()).containsExactlyInAnyOrder(new Eviction.OfTag("a"), new Eviction.OfTag("b"));
        assertThat(evictions.size()).isZero();
        assertThat(scheduled).isEmpty();
    }

    @Test
    void the_first_that_works_has_the_others_tried_at_once() {
        evictor.failWith(FailureKind.TIMEOUT);
        evictions.evict("prompt", new Eviction.OfTag("a"));
        evictor.failWith(null);

        evictions.evict("prompt", new Eviction.OfTag("b"));

        assertThat(delays).containsExactly(100L, 0L);
        scheduled.removeLast().run();
        assertThat(evictor.evictions()).containsExactly(new Eviction.OfTag("b"), new Eviction.OfTag("a"));
    }

    @Test
    void for_a_day_it_is_tried_again_though_answers_are_kept_for_less_here() {
        evictor.failWith(FailureKind.DENIED);
        evictions.evict("prompt", new Eviction.OfTag("a"));
        evictor.failWith(null);

        now = now.plus(Duration.ofDays(1));
        runScheduled();

        assertThat(evictor.evictions()).containsExactly(new Eviction.OfTag("a"));
    }

    @Test
    void nothing_is_tried_once_all_that_it_could_meet_has_expired() {
        for (Duration longest : List.of(Duration.ofMinutes(10), Duration.ofDays(3))) {
            kept = longest;
            evictor.failWith(FailureKind.DENIED);
            evictions.evict("prompt", new Eviction.OfTag("a"));
            evictor.failWith(null);

            now = now.plus(longest.compareTo(Duration.ofDays(1)) > 0 ? longest : Duration.ofDays(1))
                    .plusMillis(1);
            runScheduled();

            assertThat(evictor.evictions()).isEmpty();
            assertThat(evictions.size()).isZero();
        }
    }

    @Test
    void of_too_many_the_whole_caches_are_evicted() {
        evictor.failWith(FailureKind.CONNECTION);
        evictions.evict("faq", new Eviction.OfScope("anna"));
        for (int i = 0; i < 1500; i++) {
            evictions.evict("prompt", new Eviction.OfTag("tag " + i));
        }
        evictor.failWith(null);
        runScheduled();

        assertThat(evictor.caches()).containsExactly("faq", "prompt");
        assertThat(evictor.evictions()).containsExactly(new Eviction.OfAll(), new Eviction.OfAll());
    }
}
