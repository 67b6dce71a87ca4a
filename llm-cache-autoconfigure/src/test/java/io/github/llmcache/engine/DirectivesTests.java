package io.github.llmcache.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llmcache.event.BypassReason;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.RejectionReason;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class DirectivesTests extends EngineTest {

    private final PromptCache cache = cache(EngineOptions.DEFAULTS);
    private volatile CacheMode mode = CacheMode.ON;
    private final PromptCache switched =
            cache(new EngineOptions(true, Duration.ofSeconds(30), 8, List.of(), name -> mode, LoadContext.NONE));

    private void store(String answer) throws Throwable {
        cache.call(call("q"), () -> answer);
        listener.calls.clear();
    }

    @Test
    void no_cache_asks_the_model_and_refreshes_the_entry() throws Throwable {
        store("old");
        directives = PromptDirectives.NO_CACHE;

        assertThat(cache.call(call("q"), counting("new"))).isEqualTo("new");

        assertOutcomes(CacheOutcome.MISS);
        directives = PromptDirectives.NONE;
        assertThat(cache.call(call("q"), counting("never"))).isEqualTo("new");
    }

    @Test
    void no_cache_does_not_take_the_answer_of_a_call_that_began_before() {
        Model model = new Model();
        Caller first = start(cache, call("q"), model);
        model.awaitAsked();
        directives = PromptDirectives.NO_CACHE;

        assertThat(start(cache, call("q"), counting("its own")).answer()).isEqualTo("its own");

        model.answer("answer");
        assertThat(first.answer()).isEqualTo("answer");
    }

    @Test
    void no_store_looks_nothing_up_and_keeps_nothing() throws Throwable {
        store("old");
        tier.steps.clear();
        directives = PromptDirectives.NO_STORE;

        assertThat(cache.call(call("q"), counting("new"))).isEqualTo("new");
        assertThat(cache.callAsync(call("q"), countingAsync(CompletableFuture.completedFuture("new"))))
                .succeedsWithin(Duration.ofSeconds(5))
                .isEqualTo("new");

        assertThat(tier.steps).isEmpty();
        assertOutcomes(CacheOutcome.BYPASS, CacheOutcome.BYPASS);
        assertThat(listener.last().bypass()).isEqualTo(BypassReason.NO_STORE);
        assertThat(tier.entryOf(keyOf("q")).payload().json()).isEqualTo("\"old\"");
    }

    @Test
    void only_if_cached_gives_a_hit_and_else_throws_without_asking_the_model() throws Throwable {
        directives = PromptDirectives.ONLY_IF_CACHED;
        assertThatThrownBy(() -> cache.call(call("q"), counting("never")))
                .isInstanceOf(PromptNotCachedException.class)
                .hasMessageContaining("'faq'");
        assertThat(failureOf(cache.callAsync(call("q"), countingAsync(CompletableFuture.completedFuture("never")))))
                .isInstanceOf(PromptNotCachedException.class);
        assertThat(failureOf(cache.open(call("q"), countingAsync(CompletableFuture.completedFuture("never")))))
                .isInstanceOf(PromptNotCachedException.class);
        assertOutcomes(CacheOutcome.MISS, CacheOutcome.MISS, CacheOutcome.MISS);
        assertThat(listener.calls).noneMatch(event -> event.loaded());
        assertThat(tier.held).isEmpty();

        directives = PromptDirectives.NONE;
        store("answer");
        directives = PromptDirectives.ONLY_IF_CACHED;
        assertThat(cache.call(call("q"), counting("never"))).isEqualTo("answer");
        assertThat(loads).hasValue(0);
    }

    @Test
    void only_if_cached_refreshes_nothing() throws Throwable {
        staleness = new Staleness(Duration.ofDays(1), Duration.ZERO, null);
        store("old");
        now = NOW.plus(TTL).plusSeconds(1);
        directives = PromptDirectives.ONLY_IF_CACHED;
        tier.attempts.clear();

        assertThat(cache.call(call("q"), counting("new"))).isEqualTo("old");

        assertThat(tier.attempts).isEmpty();
    }

    @Test
    void only_if_cached_calls_no_method_that_passes_the_cache_by() {
        PromptBypass bypass = new PromptBypass("faq", null, BypassReason.SCOPE, PromptDirectives.ONLY_IF_CACHED);

        assertThatThrownBy(() -> cache.bypass(bypass, counting("never"))).isInstanceOf(PromptNotCachedException.class);
        assertThat(failureOf(cache.bypassAsync(bypass, countingAsync(new CompletableFuture<>()))))
                .isInstanceOf(PromptNotCachedException.class);
        assertThatThrownBy(() -> cache.openBypass(bypass)).isInstanceOf(PromptNotCachedException.class);
        assertThat(loads).hasValue(0);
    }

    @Test
    void max_age_takes_no_older_answer_and_no_older_one_if_the_model_fails() throws Throwable {
        staleness = new Staleness(Duration.ofDays(1), Duration.ofDays(1), null);
        store("old");
        now = NOW.plusSeconds(60);
        directives = PromptDirectives.maxAge(Duration.ofSeconds(60));
        assertThat(cache.call(call("q"), counting("never"))).isEqualTo("old");

        directives = PromptDirectives.maxAge(Duration.ofSeconds(59));
        assertThatThrownBy(() -> cache.call(call("q"), () -> {
                    throw new IllegalStateException("down");
                }))
                .hasMessage("down");
        assertThat(cache.call(call("q"), counting("new"))).isEqualTo("new");
        assertThat(loads).hasValue(1);
    }

    @Test
    void of_two_directives_both_count_and_the_smaller_age() {
        PromptDirectives both = PromptDirectives.maxAge(Duration.ofSeconds(5))
                .and(PromptDirectives.NO_STORE)
                .and(PromptDirectives.maxAge(Duration.ofSeconds(9)));

        assertThat(both).isEqualTo(new PromptDirectives(false, true, false, Duration.ofSeconds(5)));
        assertThatThrownBy(() -> PromptDirectives.maxAge(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void directives_hold_for_the_task_they_are_given_to_and_for_tasks_in_it() throws Exception {
        PromptCallDirectives given = new PromptCallDirectives();

        PromptDirectives inner = given.call(
                PromptDirectives.NO_CACHE, () -> given.call(PromptDirectives.ONLY_IF_CACHED, given::current));

        assertThat(inner).isEqualTo(new PromptDirectives(true, false, true, null));
        assertThat(given.current()).isEqualTo(PromptDirectives.NONE);
    }

    @Test
    void a_cache_that_is_off_is_passed_by() throws Throwable {
        store("old");
        mode = CacheMode.OFF;

        assertThat(switched.call(call("q"), counting("new"))).isEqualTo("new");

        assertThat(listener.last().bypass()).isEqualTo(BypassReason.MODE);
        assertThat(tier.entryOf(keyOf("q")).payload().json()).isEqualTo("\"old\"");
    }

    @Test
    void a_cache_that_is_read_only_is_looked_into_and_not_written_to() throws Throwable {
        store("old");
        mode = CacheMode.READ_ONLY;

        assertThat(switched.call(call("q"), counting("never"))).isEqualTo("old");
        assertThat(switched.call(call("other"), counting("new"))).isEqualTo("new");

        assertThat(tier.entries).containsOnlyKeys(keyOf("q"));
        assertThat(listener.rejections).containsExactly(RejectionReason.READ_ONLY);
    }

    @Test
    void a_cache_that_refreshes_asks_the_model_always_and_keeps_what_it_answers() throws Throwable {
        store("old");
        mode = CacheMode.REFRESH;

        assertThat(switched.call(call("q"), counting("new"))).isEqualTo("new");
        assertThat(switched.call(call("q"), counting("newer"))).isEqualTo("newer");

        mode = CacheMode.ON;
        assertThat(switched.call(call("q"), counting("never"))).isEqualTo("newer");
        assertThat(loads).hasValue(2);
    }

    @Test
    void an_opened_call_gets_an_answer_or_the_turn_to_ask_the_model() {
        PromptTurn first =
                cache.open(call("q"), countingAsync(new CompletableFuture<>())).join();
        assertThat(first.answer()).isNull();
        CompletableFuture<PromptTurn> second = cache.open(call("q"), countingAsync(new CompletableFuture<>()));
        assertThat(second).isNotDone();

        first.loaded("answer");

        assertThat(second).succeedsWithin(Duration.ofSeconds(5));
        assertThat(second.join().answer()).isEqualTo("answer");
        assertThat(cache.open(call("q"), countingAsync(new CompletableFuture<>()))
                        .join()
                        .answer())
                .isEqualTo("answer");
        assertOutcomes(CacheOutcome.MISS, CacheOutcome.COALESCED, CacheOutcome.HIT);
    }

    @Test
    void an_opened_call_that_is_abandoned_leaves_its_turn_to_the_next() {
        PromptTurn first =
                cache.open(call("q"), countingAsync(new CompletableFuture<>())).join();
        CompletableFuture<PromptTurn> leaving = cache.open(call("q"), countingAsync(new CompletableFuture<>()));
        CompletableFuture<PromptTurn> staying = cache.open(call("q"), countingAsync(new CompletableFuture<>()));

        leaving.cancel(true);
        first.abandoned();

        assertThat(staying).succeedsWithin(Duration.ofSeconds(5));
        assertThat(staying.join().answer()).isNull();
        staying.join().loaded("answer");
        assertThat(tier.entries).containsKey(keyOf("q"));
        first.loaded("half");
        assertThat(tier.entryOf(keyOf("q")).payload().json()).isEqualTo("\"answer\"");
        assertThat(tier.held).isEmpty();
    }

    @Test
    void the_permits_of_guards_end_with_the_load_however_it_ends() {
        java.util.concurrent.atomic.AtomicInteger open = new java.util.concurrent.atomic.AtomicInteger();
        PromptCache guarded = cache(guardedBy(
                request -> {
                    open.incrementAndGet();
                    return open::decrementAndGet;
                },
                request -> {
                    throw new NullPointerException("a guard that is broken is passed by");
                },
                request -> {
                    if (loads.get() > 2) {
                        throw new LoadRefusedException("enough", null);
                    }
                    return () -> {};
                }));

        assertThat(start(guarded, call("1"), counting("answer")).answer()).isEqualTo("answer");
        assertThat(start(guarded, call("2"), () -> {
                            loads.incrementAndGet();
                            throw new IllegalStateException("down");
                        })
                        .failure())
                .hasMessage("down");
        assertThat(guarded.callAsync(call("3"), countingAsync(CompletableFuture.completedFuture("answer"))))
                .succeedsWithin(Duration.ofSeconds(5));
        assertThat(failureOf(guarded.callAsync(call("4"), countingAsync(new CompletableFuture<>()))))
                .isInstanceOf(LoadRefusedException.class);
        assertThat(failureOf(guarded.open(call("5"), countingAsync(new CompletableFuture<>()))))
                .isInstanceOf(LoadRefusedException.class);
        assertThatThrownBy(() ->
                        guarded.openBypass(new PromptBypass("faq", null, BypassReason.SCOPE, PromptDirectives.NONE)))
                .isInstanceOf(LoadRefusedException.class);
        Awaitility.await().untilAsserted(() -> assertThat(open).hasValue(0));
        assertThat(count(CacheOutcome.REFUSED)).isEqualTo(3);
        assertThat(tier.held).isEmpty();
    }
}
