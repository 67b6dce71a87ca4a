package io.github.llmcache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.RejectionReason;
import io.github.llmcache.event.TierFailureEvent.Operation;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.payload.PayloadCodecs;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierLookup;
import java.io.IOException;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.core.type.TypeReference;

class SingleFlightTests extends EngineTest {

    private final PromptCache cache = cache(EngineOptions.DEFAULTS);
    private final PromptCache otherJvm = cache(EngineOptions.DEFAULTS);

    @Test
    void a_thousand_equal_calls_at_once_ask_the_model_once_and_all_get_its_answer() {
        Model model = new Model();
        List<Caller> callers = start(500, cache, call("q"), model);
        callers.addAll(start(500, otherJvm, call("q"), model));
        model.awaitAsked();
        awaitWaiting(callers);

        model.answer("answer");

        assertThat(callers).allSatisfy(caller -> assertThat(caller.answer()).isEqualTo("answer"));
        assertThat(loads).hasValue(1);
        Awaitility.await().until(() -> listener.calls.size() == 1_000);
        assertThat(count(CacheOutcome.MISS)).isEqualTo(1);
        assertThat(count(CacheOutcome.COALESCED)).isEqualTo(999);
        assertThat(tier.held).isEmpty();
    }

    @Test
    void a_thousand_asynchronous_calls_ask_the_model_once_and_no_thread_waits() {
        CompletableFuture<String> model = new CompletableFuture<>();
        int before = Thread.activeCount();
        List<CompletableFuture<?>> futures = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            futures.add((i % 2 == 0 ? cache : otherJvm).callAsync(call("q"), countingAsync(model)));
        }

        assertThat(futures).noneMatch(CompletableFuture::isDone);
        assertThat(Thread.activeCount()).isLessThan(before + 20);
        model.complete("answer");

        assertThat(futures).allSatisfy(future -> assertThat(future)
                .succeedsWithin(Duration.ofSeconds(20))
                .isEqualTo("answer"));
        assertThat(loads).hasValue(1);
    }

    @Test
    void calls_of_other_prompts_do_not_wait() {
        Model slow = new Model();
        Caller first = start(cache, call("slow"), slow);
        slow.awaitAsked();

        assertThat(start(cache, call("other"), counting("quick")).answer()).isEqualTo("quick");
        slow.answer("late");
        assertThat(first.answer()).isEqualTo("late");
    }

    @Test
    void those_who_wait_never_share_an_object_that_can_be_changed() {
        Type type = new TypeReference<List<String>>() {}.getType();
        PromptCall call = call("q", new PayloadCodecs(List.of()).forType(type));
        Model model = new Model();
        List<Caller> callers = start(8, cache, call, model);
        model.awaitAsked();
        awaitWaiting(callers);
        List<String> answer = new ArrayList<>(List.of("one"));
        model.answer(answer);

        List<Object> answers = callers.stream().map(Caller::answer).toList();
        for (int i = 0; i < answers.size(); i++) {
            assertThat(answers.get(i)).isEqualTo(List.of("one"));
            for (int j = 0; j < i; j++) {
                assertThat(answers.get(i)).isNotSameAs(answers.get(j));
            }
        }
    }

    @Test
    void the_failure_of_the_model_reaches_everybody_who_waits_as_it_is() {
        Model model = new Model();
        List<Caller> callers = start(20, cache, call("q"), model);
        model.awaitAsked();
        awaitWaiting(callers);
        IOException failure = new IOException("the model is down");

        model.fail(failure);

        assertThat(callers).allSatisfy(caller -> assertThat(caller.failure()).isSameAs(failure));
        assertThat(loads).hasValue(1);
        assertThat(tier.entries).isEmpty();
        assertThat(tier.held).isEmpty();
        Awaitility.await().until(() -> count(CacheOutcome.ERROR) == 20);
    }

    @Test
    void when_the_one_who_asks_is_interrupted_another_takes_over() {
        Model interrupted = new Model();
        Caller first = start(cache, call("q"), interrupted);
        interrupted.awaitAsked();
        List<Caller> others = start(5, cache, call("q"), counting("answer"));
        awaitWaiting(others);

        first.thread.interrupt();

        assertThat(first.failure()).isInstanceOf(InterruptedException.class);
        assertThat(others).allSatisfy(caller -> assertThat(caller.answer()).isEqualTo("answer"));
        assertThat(loads).hasValue(2);
        assertThat(tier.entries).containsKey(keyOf("q"));
    }

    @Test
    void one_who_waits_and_is_interrupted_goes_its_own_way_and_disturbs_nobody() {
        Model model = new Model();
        Caller first = start(cache, call("q"), model);
        model.awaitAsked();
        Caller impatient = start(cache, call("q"), counting("its own"));
        Caller patient = start(cache, call("q"), counting("never"));
        awaitWaiting(List.of(impatient, patient));

        impatient.thread.interrupt();

        assertThat(impatient.answer()).isEqualTo("its own");
        Awaitility.await().until(() -> impatient.interruptedAfter);
        assertThat(tier.entries).isEmpty();
        model.answer("answer");
        assertThat(first.answer()).isEqualTo("answer");
        assertThat(patient.answer()).isEqualTo("answer");
        assertThat(loads).hasValue(2);
        assertThat(listener.rejections).containsExactly(RejectionReason.INTERRUPTED);
    }

    @Test
    void the_half_answer_of_one_who_was_interrupted_is_nobody_elses() {
        Model model = new Model();
        Caller first = start(cache, call("q"), () -> {
            Object answer = model.get();
            Thread.currentThread().interrupt();
            return answer;
        });
        model.awaitAsked();
        Caller waiting = start(cache, call("q"), counting("whole"));
        awaitWaiting(List.of(waiting));

        model.answer("ha");

        assertThat(first.answer()).isEqualTo("ha");
        assertThat(waiting.answer()).isEqualTo("whole");
        assertThat(tier.entryOf(keyOf("q")).payload().json()).isEqualTo("\"whole\"");
    }

    @Test
    void cancelling_a_call_that_waits_touches_no_other() {
        CompletableFuture<String> model = new CompletableFuture<>();
        CompletableFuture<?> first = cache.callAsync(call("q"), countingAsync(model));
        CompletableFuture<?> second = cache.callAsync(call("q"), countingAsync(model));
        CompletableFuture<?> third = cache.callAsync(call("q"), countingAsync(model));

        second.cancel(true);
        model.complete("answer");

        assertThat(first).succeedsWithin(Duration.ofSeconds(5)).isEqualTo("answer");
        assertThat(third).succeedsWithin(Duration.ofSeconds(5)).isEqualTo("answer");
        assertThat(loads).hasValue(1);
        assertThat(model).isNotCancelled();
    }

    @Test
    void cancelling_the_call_that_asks_leaves_the_model_to_those_who_wait() {
        CompletableFuture<String> model = new CompletableFuture<>();
        CompletableFuture<?> first = cache.callAsync(call("q"), countingAsync(model));
        CompletableFuture<?> second = cache.callAsync(call("q"), countingAsync(model));

        first.cancel(true);

        assertThat(model).isNotCancelled();
        model.complete("answer");
        assertThat(second).succeedsWithin(Duration.ofSeconds(5)).isEqualTo("answer");
        assertThat(tier.entries).containsKey(keyOf("q"));
        assertThat(loads).hasValue(1);
    }

    @Test
    void cancelling_the_only_call_cancels_the_model_and_frees_the_lease() {
        CompletableFuture<String> model = new CompletableFuture<>();
        CompletableFuture<?> only = cache.callAsync(call("q"), countingAsync(model));
        assertThat(tier.held).isNotEmpty();

        only.cancel(true);

        assertThat(model).isCancelled();
        assertThat(tier.held).isEmpty();
        assertThat(cache.callAsync(call("q"), countingAsync(CompletableFuture.completedFuture("next"))))
                .succeedsWithin(Duration.ofSeconds(5))
                .isEqualTo("next");
    }

    @Test
    void an_answer_that_may_not_be_kept_is_nobody_elses_and_nobody_waits_twice() {
        Model model = new Model();
        Caller first = start(cache, call("q"), model);
        model.awaitAsked();
        List<Caller> others = start(10, cache, call("q"), counting("keep out"));
        awaitWaiting(others);

        model.answer("keep out");

        assertThat(first.answer()).isEqualTo("keep out");
        assertThat(others).allSatisfy(caller -> assertThat(caller.answer()).isEqualTo("keep out"));
        assertThat(loads).hasValue(11);
        assertThat(tier.entries).isEmpty();
        assertThat(count(CacheOutcome.COALESCED)).isZero();
    }

    @Test
    void an_answer_that_is_only_too_large_is_shared_by_those_who_wait() {
        Model model = new Model();
        List<Caller> callers = start(5, cache, call("q"), model);
        model.awaitAsked();
        awaitWaiting(callers);

        model.answer("x".repeat(2_000));

        assertThat(callers).allSatisfy(caller -> assertThat(caller.answer()).isEqualTo("x".repeat(2_000)));
        assertThat(loads).hasValue(1);
        assertThat(tier.entries).isEmpty();
        assertThat(listener.rejections).containsExactly(RejectionReason.TOO_LARGE);
        assertThat(tier.held).isEmpty();
    }

    @Test
    void those_who_have_waited_too_long_take_over_one_at_a_time() {
        PromptCache impatient = cache(waiting(Duration.ofMillis(150)));
        Model stuck = new Model();
        Caller first = start(impatient, call("q"), stuck);
        stuck.awaitAsked();
        Model second = new Model();
        List<Caller> others = start(3, impatient, call("q"), second);

        second.awaitAsked();
        assertThat(loads).hasValue(2);
        second.answer("answer");

        assertThat(others).allSatisfy(caller -> assertThat(caller.answer()).isEqualTo("answer"));
        assertThat(loads.get()).isLessThan(5);
        stuck.answer("late");
        assertThat(first.answer()).isEqualTo("late");
    }

    @Test
    void an_answer_that_comes_after_a_take_over_is_good_for_everybody() {
        PromptCache impatient = cache(waiting(Duration.ofMillis(150)));
        Model slow = new Model();
        Caller first = start(impatient, call("q"), slow);
        slow.awaitAsked();
        Model slower = new Model();
        Caller second = start(impatient, call("q"), slower);
        slower.awaitAsked();
        Caller third = start(impatient, call("q"), counting("third"));
        awaitWaiting(List.of(third));

        slow.answer("answer");

        assertThat(first.answer()).isEqualTo("answer");
        assertThat(third.answer()).isIn("answer", "third");
        slower.answer("answer of the second");
        assertThat(second.answer()).isEqualTo("answer of the second");
    }

    @Test
    void the_failure_of_one_who_was_overtaken_is_its_own() {
        PromptCache impatient = cache(waiting(Duration.ofMillis(100)));
        Model slow = new Model();
        Caller first = start(impatient, call("q"), slow);
        slow.awaitAsked();
        Model quicker = new Model();
        Caller second = start(impatient, call("q"), quicker);
        quicker.awaitAsked();
        CompletableFuture<?> third =
                impatient.callAsync(call("q"), countingAsync(CompletableFuture.completedFuture("answer")));

        slow.fail(new IOException("down"));
        assertThat(first.failure()).isInstanceOf(IOException.class);
        quicker.answer("answer");

        assertThat(second.answer()).isEqualTo("answer");
        assertThat(third).succeedsWithin(Duration.ofSeconds(20)).isEqualTo("answer");
    }

    @Test
    void another_jvm_that_holds_the_lease_for_too_long_is_not_waited_for() {
        Model stuck = new Model();
        Caller first = start(otherJvm, call("q"), stuck);
        stuck.awaitAsked();

        Caller second = start(cache(waiting(Duration.ofMillis(100))), call("q"), counting("answer"));

        assertThat(second.answer()).isEqualTo("answer");
        assertThat(tier.attempts).containsExactly(true, true, false);
        stuck.answer("late");
        assertThat(first.answer()).isEqualTo("late");
    }

    @Test
    void when_the_jvm_that_asks_dies_another_takes_over() {
        Model dying = new Model();
        start(otherJvm, call("q"), dying);
        dying.awaitAsked();
        List<Caller> others = start(5, cache, call("q"), counting("answer"));
        awaitWaiting(others);

        tier.expire(keyOf("q"));

        assertThat(others).allSatisfy(caller -> assertThat(caller.answer()).isEqualTo("answer"));
        assertThat(loads).hasValue(2);
        dying.answer("too late");
    }

    @Test
    void one_who_leaves_while_another_jvm_asks_leaves_the_wait_to_the_others() {
        Model model = new Model();
        Caller first = start(otherJvm, call("q"), model);
        model.awaitAsked();
        CompletableFuture<?> leaving = cache.callAsync(call("q"), countingAsync(new CompletableFuture<>()));
        CompletableFuture<?> staying = cache.callAsync(call("q"), countingAsync(new CompletableFuture<>()));

        leaving.cancel(true);
        model.answer("answer");

        assertThat(first.answer()).isEqualTo("answer");
        assertThat(staying).succeedsWithin(Duration.ofSeconds(5)).isEqualTo("answer");
        assertThat(loads).hasValue(1);
    }

    @Test
    void an_eviction_wins_over_the_call_that_runs_meanwhile() {
        Model model = new Model();
        Caller caller = start(cache, call("q"), model);
        model.awaitAsked();

        tier.evict(keyOf("q"));
        model.answer("made of what is no longer true");

        assertThat(caller.answer()).isEqualTo("made of what is no longer true");
        assertThat(tier.entries).isEmpty();
        assertThat(listener.rejections).containsExactly(RejectionReason.EVICTED);
    }

    @Test
    void without_the_farthest_tier_each_jvm_asks_once_for_all_its_callers_and_stores_nothing() {
        tier.failing = FailureKind.CONNECTION;
        Model model = new Model();
        List<Caller> callers = start(20, cache, call("q"), model);
        model.awaitAsked();
        awaitWaiting(callers);

        model.answer("answer");

        assertThat(callers).allSatisfy(caller -> assertThat(caller.answer()).isEqualTo("answer"));
        assertThat(loads).hasValue(1);
        assertThat(tier.entries).isEmpty();
        assertThat(listener.failures)
                .extracting(failure -> failure.operation() + " " + failure.kind())
                .containsExactly(Operation.LEASE + " " + FailureKind.CONNECTION);
        assertThat(listener.rejections).containsExactly(RejectionReason.NO_LEASE);
    }

    @Test
    void after_a_look_up_that_was_not_answered_the_tier_is_not_tried_again() {
        LeasingTier silent = new LeasingTier() {

            @Override
            public TierLookup lookup(PromptKey key) {
                return new TierLookup.Failure(FailureKind.TIMEOUT);
            }
        };

        assertThat(start(cache(EngineOptions.DEFAULTS, silent), call("q"), counting("answer"))
                        .answer())
                .isEqualTo("answer");
        assertThat(silent.attempts).isEmpty();
        assertThat(silent.entries).isEmpty();
        assertThat(listener.rejections).containsExactly(RejectionReason.NO_LEASE);
    }

    @Test
    void without_single_flight_every_call_asks_for_itself() {
        PromptCache unshared =
                cache(new EngineOptions(false, Duration.ofSeconds(30), 8, List.of(), CacheModes.ON, LoadContext.NONE));
        Model model = new Model();
        List<Caller> callers = start(5, unshared, call("q"), model);
        Awaitility.await().until(() -> loads.get() == 5);

        model.answer("answer");

        assertThat(callers).allSatisfy(caller -> assertThat(caller.answer()).isEqualTo("answer"));
        assertThat(count(CacheOutcome.MISS)).isEqualTo(5);
        assertThat(tier.entries).containsKey(keyOf("q"));
    }

    @Test
    void a_refusal_of_a_guard_is_the_refused_callers_alone() {
        List<String> refused = new ArrayList<>();
        PromptCache guarded = cache(guardedBy(request -> {
            synchronized (refused) {
                if (refused.size() < 2) {
                    refused.add(request.cache());
                    throw new LoadRefusedException("over the budget", null);
                }
            }
            return () -> {};
        }));
        List<Caller> callers = start(10, guarded, call("q"), counting("answer"));

        List<Throwable> failures = new ArrayList<>();
        for (Caller caller : callers) {
            Throwable failure = caller.failure();
            if (failure == null) {
                assertThat(caller.answer()).isEqualTo("answer");
            } else {
                failures.add(failure);
            }
        }
        assertThat(failures).hasSize(2).allMatch(LoadRefusedException.class::isInstance);
        assertThat(count(CacheOutcome.REFUSED)).isEqualTo(2);
        assertThat(loads).hasValue(1);
    }
}
