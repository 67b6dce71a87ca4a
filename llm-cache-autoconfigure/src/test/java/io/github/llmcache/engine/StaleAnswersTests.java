package io.github.llmcache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.RefreshEvent;
import io.github.llmcache.tier.FailureKind;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StaleAnswersTests extends EngineTest {

    private static final Duration DAY = Duration.ofDays(1);

    private final PromptCache cache = cache(EngineOptions.DEFAULTS);
    private final PromptCache otherJvm = cache(EngineOptions.DEFAULTS);

    private void store(String answer) throws Throwable {
        cache.call(call("q"), () -> answer);
        listener.calls.clear();
        tier.attempts.clear();
    }

    @Test
    void an_answer_is_kept_for_as_long_as_it_may_be_served_stale() throws Throwable {
        staleness = new Staleness(Duration.ofMinutes(5), DAY, null);
        store("answer");

        assertThat(tier.ttls).containsExactly(TTL.plus(DAY));
        assertThat(tier.entryOf(keyOf("q")).freshUntil()).isEqualTo(NOW.plus(TTL));
    }

    @Test
    void a_stale_answer_is_served_at_once_and_refreshed_once_in_the_fleet() throws Throwable {
        staleness = new Staleness(DAY, Duration.ZERO, null);
        store("old");
        now = NOW.plus(TTL).plusSeconds(1);
        Model model = new Model();

        for (int i = 0; i < 50; i++) {
            assertThat(cache.call(call("q"), model)).isEqualTo("old");
            assertThat(otherJvm.call(call("q"), model)).isEqualTo("old");
        }
        model.awaitAsked();
        model.answer("new");

        Awaitility.await().until(() -> listener.refreshes.size() == 1);
        assertThat(loads).hasValue(1);
        assertThat(count(CacheOutcome.STALE)).isEqualTo(100);
        assertThat(cache.call(call("q"), counting("never"))).isEqualTo("new");
        assertThat(loads).hasValue(1);
        RefreshEvent refresh = listener.refreshes.get(0);
        assertThat(refresh.succeeded()).isTrue();
        assertThat(refresh.loadNanos()).isPositive();
        assertThat(tier.held).isEmpty();
    }

    @Test
    void a_refresh_that_fails_leaves_the_old_answer_and_is_tried_again() throws Throwable {
        staleness = new Staleness(DAY, Duration.ZERO, null);
        store("old");
        now = NOW.plus(TTL).plusSeconds(1);

        assertThat(cache.call(call("q"), () -> {
                    throw new IOException("down");
                }))
                .isEqualTo("old");
        Awaitility.await().until(() -> listener.refreshes.size() == 1);
        assertThat(listener.refreshes.get(0).succeeded()).isFalse();
        Awaitility.await().until(() -> {
            start(cache, call("q"), counting("new")).answer();
            return tier.entryOf(keyOf("q")).payload().json().equals("\"new\"");
        });
    }

    @Test
    void a_refresh_runs_in_the_context_of_the_caller_that_found_the_answer_stale() throws Throwable {
        ThreadLocal<@Nullable String> user = new ThreadLocal<>();
        PromptCache carrying = cache(new EngineOptions(true, DAY, 8, List.of(), CacheModes.ON, task -> {
            String captured = user.get();
            return () -> {
                user.set(captured);
                try {
                    task.run();
                } finally {
                    user.remove();
                }
            };
        }));
        staleness = new Staleness(DAY, Duration.ZERO, null);
        store("old");
        now = NOW.plus(TTL).plusSeconds(1);
        AtomicReference<@Nullable String> seen = new AtomicReference<>();

        user.set("ada");
        carrying.call(call("q"), () -> {
            seen.set(user.get() + " on " + Thread.currentThread().getName().replaceAll("\\d+", "n"));
            return "new";
        });

        Awaitility.await().untilAtomic(seen, value -> assertThat(value).isEqualTo("ada on llm-cache-load-n"));
    }

    @Test
    void no_more_refreshes_run_at_a_time_than_may() throws Throwable {
        PromptCache one = cache(new EngineOptions(true, DAY, 1, List.of(), CacheModes.ON, LoadContext.NONE));
        staleness = new Staleness(DAY, Duration.ZERO, null);
        store("old");
        cache.call(call("other"), () -> "old");
        now = NOW.plus(TTL).plusSeconds(1);
        Model model = new Model();

        one.call(call("q"), model);
        model.awaitAsked();
        assertThat(one.call(call("other"), counting("new"))).isEqualTo("old");
        assertThat(loads).hasValue(1);
        model.answer("new");

        Awaitility.await().until(() -> {
            start(one, call("other"), counting("new")).answer();
            return loads.get() > 1;
        });
    }

    @Test
    void a_stale_answer_of_an_asynchronous_method_is_refreshed_too() {
        staleness = new Staleness(DAY, Duration.ZERO, null);
        assertThat(cache.callAsync(call("q"), countingAsync(CompletableFuture.completedFuture("old"))))
                .succeedsWithin(Duration.ofSeconds(5));
        now = NOW.plus(TTL).plusSeconds(1);
        CompletableFuture<String> model = new CompletableFuture<>();

        assertThat(cache.callAsync(call("q"), countingAsync(model)))
                .succeedsWithin(Duration.ofSeconds(5))
                .isEqualTo("old");
        Awaitility.await().until(() -> loads.get() == 2);
        model.complete("new");

        Awaitility.await().until(() -> tier.entryOf(keyOf("q")).payload().json().equals("\"new\""));
    }

    @Test
    void an_old_answer_is_served_where_the_model_fails_and_the_outcome_says_so() throws Throwable {
        staleness = new Staleness(Duration.ZERO, DAY, null);
        store("old");
        now = NOW.plus(TTL).plusSeconds(1);

        Object answer = cache.call(call("q"), () -> {
            throw new IOException("down");
        });

        assertThat(answer).isEqualTo("old");
        assertOutcomes(CacheOutcome.STALE_IF_ERROR);
        assertThat(listener.last().loaded()).isTrue();
        assertThat(cache.callAsync(call("q"), countingAsync(CompletableFuture.failedFuture(new IOException("down")))))
                .succeedsWithin(Duration.ofSeconds(5))
                .isEqualTo("old");
        assertThat(cache.call(call("q"), () -> "new")).isEqualTo("new");
    }

    @Test
    void everybody_who_waits_gets_the_old_answer_where_the_model_fails() throws Throwable {
        staleness = new Staleness(Duration.ZERO, DAY, null);
        store("old");
        now = NOW.plus(TTL).plusSeconds(1);
        Model model = new Model();
        List<Caller> callers = start(10, cache, call("q"), model);
        model.awaitAsked();
        awaitWaiting(callers);

        model.fail(new IOException("down"));

        assertThat(callers).allSatisfy(caller -> assertThat(caller.answer()).isEqualTo("old"));
        assertThat(loads).hasValue(1);
        assertThat(count(CacheOutcome.STALE_IF_ERROR)).isEqualTo(10);
    }

    @Test
    void an_answer_older_than_it_may_be_served_is_not() {
        staleness = new Staleness(Duration.ofMinutes(1), Duration.ofMinutes(2), null);
        assertThat(start(cache, call("q"), counting("old")).answer()).isEqualTo("old");
        now = NOW.plus(TTL).plus(Duration.ofMinutes(2)).plusMillis(1);
        IOException failure = new IOException("down");

        Caller caller = start(cache, call("q"), () -> {
            throw failure;
        });

        assertThat(caller.failure()).isSameAs(failure);
    }

    @Test
    void a_model_that_takes_too_long_is_not_waited_for_where_an_old_answer_is_at_hand() throws Throwable {
        staleness = new Staleness(Duration.ZERO, DAY, Duration.ofMillis(50));
        store("old");
        now = NOW.plus(TTL).plusSeconds(1);
        Model slow = new Model();

        List<Caller> callers = start(5, cache, call("q"), slow);

        assertThat(callers).allSatisfy(caller -> assertThat(caller.answer()).isEqualTo("old"));
        assertThat(count(CacheOutcome.STALE_IF_ERROR)).isEqualTo(5);
        assertThat(loads).hasValue(1);
        slow.answer("new");
        Awaitility.await().until(() -> tier.entryOf(keyOf("q")).payload().json().equals("\"new\""));
        assertThat(listener.refreshes).hasSize(1);
        assertThat(listener.calls).hasSize(5);
    }

    @Test
    void an_asynchronous_model_that_takes_too_long_is_not_waited_for_either() {
        assertThat(cache.callAsync(call("q"), countingAsync(CompletableFuture.completedFuture("old"))))
                .succeedsWithin(Duration.ofSeconds(5));
        staleness = new Staleness(Duration.ZERO, DAY, Duration.ofMillis(50));
        now = NOW.plus(TTL).plusSeconds(1);
        CompletableFuture<String> slow = new CompletableFuture<>();

        CompletableFuture<?> first = cache.callAsync(call("q"), countingAsync(slow));
        CompletableFuture<?> second = cache.callAsync(call("q"), countingAsync(slow));

        assertThat(first).succeedsWithin(Duration.ofSeconds(5)).isEqualTo("old");
        assertThat(second).succeedsWithin(Duration.ofSeconds(5)).isEqualTo("old");
        assertThat(count(CacheOutcome.STALE_IF_ERROR)).isEqualTo(2);
        slow.complete("new");
        Awaitility.await().until(() -> tier.entryOf(keyOf("q")).payload().json().equals("\"new\""));
    }

    @Test
    void without_an_old_answer_the_model_takes_the_time_it_takes() throws Throwable {
        staleness = new Staleness(Duration.ZERO, DAY, Duration.ofMillis(1));
        Model slow = new Model();
        Caller caller = start(cache, call("q"), slow);
        slow.awaitAsked();
        Thread asking = caller.thread;
        Awaitility.await().until(() -> asking.getState() == Thread.State.TIMED_WAITING);

        assertThat(caller.isDone()).isFalse();
        slow.answer("answer");

        assertThat(caller.answer()).isEqualTo("answer");
    }

    @Test
    void one_who_is_interrupted_while_an_old_answer_is_at_hand_gets_it_and_keeps_the_flag() throws Throwable {
        staleness = new Staleness(Duration.ZERO, DAY, Duration.ofSeconds(20));
        store("old");
        now = NOW.plus(TTL).plusSeconds(1);
        Model slow = new Model();
        Caller caller = start(cache, call("q"), slow);
        slow.awaitAsked();
        awaitWaiting(List.of(caller));

        caller.thread.interrupt();

        assertThat(caller.answer()).isEqualTo("old");
        Awaitility.await().until(() -> caller.interruptedAfter);
        slow.answer("new");
        Awaitility.await().until(() -> tier.entryOf(keyOf("q")).payload().json().equals("\"new\""));
    }

    @Test
    void where_a_guard_refuses_the_old_answer_is_served() throws Throwable {
        staleness = new Staleness(Duration.ZERO, DAY, null);
        store("old");
        now = NOW.plus(TTL).plusSeconds(1);
        PromptCache guarded = cache(guardedBy(request -> {
            throw new LoadRefusedException("over the budget", null);
        }));

        assertThat(guarded.call(call("q"), counting("never"))).isEqualTo("old");
        assertOutcomes(CacheOutcome.STALE_IF_ERROR);
        assertThat(loads).hasValue(0);
    }

    @Test
    void nothing_is_refreshed_while_it_is_not_known_who_else_does() throws Throwable {
        staleness = new Staleness(DAY, Duration.ZERO, null);
        store("old");
        now = NOW.plus(TTL).plusSeconds(1);
        tier.failing = FailureKind.TIMEOUT;

        assertThat(cache.call(call("q"), counting("new"))).isEqualTo("old");

        assertThat(loads).hasValue(0);
    }
}
