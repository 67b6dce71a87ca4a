package io.github.llmcache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.RejectionReason;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.payload.AnswerState;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.payload.PayloadCodec;
import io.github.llmcache.payload.PayloadException;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.LeaseAttempt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class EngineFaultsTests extends EngineTest {

    private static final Duration DAY = Duration.ofDays(1);

    private final PromptCache cache = cache(EngineOptions.DEFAULTS);

    @Test
    void one_who_asks_after_an_eviction_is_not_given_the_answer_that_was_asked_before_it() {
        Model before = new Model();
        Caller asking = start(cache, call("q"), before);
        before.awaitAsked();
        tier.evict(keyOf("q"));
        List<Caller> after = start(5, cache, call("q"), counting("new"));
        awaitWaiting(after);

        before.answer("old");

        assertThat(asking.answer()).isEqualTo("old");
        assertThat(after).allSatisfy(caller -> assertThat(caller.answer()).isEqualTo("new"));
        assertThat(loads).hasValue(2);
        assertThat(tier.entryOf(keyOf("q")).payload().json()).isEqualTo("\"new\"");
    }

    @Test
    void a_stream_that_is_cancelled_before_its_turn_takes_no_permit_with_it() {
        CompletableFuture<LeaseAttempt> slow = new CompletableFuture<>();
        LeasingTier late = new LeasingTier() {

            @Override
            public CompletionStage<LeaseAttempt> lease(PromptKey key, boolean exclusive) {
                CompletionStage<LeaseAttempt> attempt = super.lease(key, exclusive);
                return slow.thenCompose(go -> attempt);
            }
        };
        AtomicInteger permits = new AtomicInteger();
        AtomicInteger asked = new AtomicInteger();
        EngineOptions guarded = guardedBy(request -> {
            asked.incrementAndGet();
            permits.incrementAndGet();
            return permits::decrementAndGet;
        });
        PromptCache slowly = cache(guarded, late);

        CompletableFuture<PromptTurn> opened = slowly.open(call("q"), countingAsync(new CompletableFuture<>()));
        opened.cancel(true);
        slow.complete(new LeaseAttempt.Failed(FailureKind.OTHER));

        Awaitility.await().untilAsserted(() -> assertThat(late.held).isEmpty());
        assertThat(asked).hasValue(0);
        assertThat(permits).hasValue(0);
        assertOutcomes(CacheOutcome.ERROR);
    }

    @Test
    void an_old_answer_that_can_not_be_read_is_not_waited_for() throws Throwable {
        staleness = new Staleness(Duration.ZERO, DAY, Duration.ofMillis(20));
        cache.call(call("q"), () -> "old");
        cache.call(call("readable"), () -> "old");
        now = NOW.plus(TTL).plusSeconds(1);
        PayloadCodec changed = new PayloadCodec() {

            @Override
            public Payload encode(Object answer) {
                return STRINGS.encode(answer);
            }

            @Override
            public Object decode(Payload payload) {
                if (payload.json().equals("\"old\"")) {
                    throw new PayloadException("of another release", null);
                }
                return STRINGS.decode(payload);
            }

            @Override
            public AnswerState stateOf(Object answer) {
                return STRINGS.stateOf(answer);
            }
        };
        CompletableFuture<String> slow = new CompletableFuture<>();
        CompletableFuture<?> first = cache.callAsync(call("q", changed), countingAsync(slow));
        CompletableFuture<?> second = cache.callAsync(call("q", changed), countingAsync(slow));
        staleness = new Staleness(Duration.ZERO, DAY, Duration.ofMillis(100));
        CompletableFuture<?> longer = cache.callAsync(call("readable"), () -> new CompletableFuture<>());

        // It was given less patience than this one, so its own has ended too.
        assertThat(longer).succeedsWithin(Duration.ofSeconds(5)).isEqualTo("old");
        assertThat(first).isNotDone();
        assertThat(second).isNotDone();
        assertThat(loads).hasValue(1);
        slow.complete("new");

        assertThat(first).succeedsWithin(Duration.ofSeconds(5)).isEqualTo("new");
        assertThat(second).succeedsWithin(Duration.ofSeconds(5)).isEqualTo("new");
    }

    @Test
    void a_model_that_hangs_for_many_prompts_keeps_nobody_waiting_who_has_an_old_answer() throws Throwable {
        for (int i = 0; i < 80; i++) {
            String prompt = "q" + i;
            staleness = new Staleness(Duration.ZERO, DAY, Duration.ofMillis(50));
            cache.call(call(prompt), () -> "old");
        }
        now = NOW.plus(TTL).plusSeconds(1);
        Model hanging = new Model();
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            callers.add(start(cache, call("q" + i), hanging));
        }

        assertThat(callers).allSatisfy(caller -> assertThat(caller.answer()).isEqualTo("old"));
        hanging.answer("new");
    }

    @Test
    void half_an_answer_of_a_refresh_that_the_end_of_the_application_interrupted_is_not_stored() throws Throwable {
        staleness = new Staleness(DAY, Duration.ZERO, null);
        cache.call(call("q"), () -> "old");
        now = NOW.plus(TTL).plusSeconds(1);
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);

        cache.call(call("q"), () -> {
            asked.countDown();
            try {
                never.await();
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
            return "ha";
        });
        Awaitility.await().until(() -> asked.getCount() == 0);
        threads.close();

        Awaitility.await().until(() -> listener.rejections.contains(RejectionReason.INTERRUPTED));
        assertThat(tier.entryOf(keyOf("q")).payload().json()).isEqualTo("\"old\"");
    }

    @Test
    void a_context_that_can_not_be_carried_is_no_reason_that_a_call_hangs() {
        LoadContext broken = task -> () -> {
            throw new IllegalStateException("the accessor is broken");
        };
        PromptCache carrying = cache(new EngineOptions(true, DAY, 8, List.of(), CacheModes.ON, broken));
        CompletableFuture<String> model = new CompletableFuture<>();
        CompletableFuture<?> first = carrying.callAsync(call("q"), countingAsync(model));
        model.complete("answer");

        assertThat(first).succeedsWithin(Duration.ofSeconds(5)).isEqualTo("answer");
    }

    @Test
    void asynchronous_methods_that_block_keep_no_other_call_waiting() {
        CountDownLatch released = new CountDownLatch(1);
        CompletableFuture<Void> go = new CompletableFuture<>();
        LeasingTier elsewhere = new LeasingTier() {

            @Override
            public CompletionStage<LeaseAttempt> lease(PromptKey key, boolean exclusive) {
                CompletionStage<LeaseAttempt> attempt = super.lease(key, exclusive);
                return go.thenComposeAsync(gone -> attempt);
            }
        };
        PromptCache later = cache(EngineOptions.DEFAULTS, elsewhere);
        List<CompletableFuture<?>> blocking = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            blocking.add(later.callAsync(call("blocking " + i), () -> {
                loads.incrementAndGet();
                released.await();
                return CompletableFuture.completedFuture("blocked");
            }));
        }
        CompletableFuture<?> quick =
                later.callAsync(call("quick"), countingAsync(CompletableFuture.completedFuture("quick")));
        go.complete(null);

        assertThat(quick).succeedsWithin(Duration.ofSeconds(5)).isEqualTo("quick");
        Awaitility.await().until(() -> loads.get() == 41);
        released.countDown();
        assertThat(blocking).allSatisfy(future -> assertThat(future).succeedsWithin(Duration.ofSeconds(5)));
    }

    @Test
    void calls_go_on_while_the_application_ends() {
        threads.close();
        Model model = new Model();
        Caller first = start(cache, call("q"), model);
        model.awaitAsked();
        Caller second = start(cache, call("q"), counting("never"));
        awaitWaiting(List.of(second));
        CompletableFuture<?> third = cache.callAsync(call("q"), countingAsync(new CompletableFuture<>()));

        model.answer("answer");

        assertThat(first.answer()).isEqualTo("answer");
        assertThat(second.answer()).isEqualTo("answer");
        assertThat(third).succeedsWithin(Duration.ofSeconds(5)).isEqualTo("answer");
    }

    @Test
    void one_who_waited_in_vain_for_another_jvm_does_not_begin_to_wait_anew() {
        Duration patience = Duration.ofMillis(600);
        PromptCache impatient = cache(waiting(patience));
        PromptCache elsewhere = cache(EngineOptions.DEFAULTS);
        Model stuck = new Model();
        start(elsewhere, call("q"), stuck);
        start(elsewhere, call("r"), stuck);
        Awaitility.await().until(() -> loads.get() == 2);
        CompletableFuture<?> leaving = impatient.callAsync(call("q"), countingAsync(new CompletableFuture<>()));
        Awaitility.await().until(() -> tier.attempts.size() == 3);
        CompletableFuture<?> staying =
                impatient.callAsync(call("q"), countingAsync(CompletableFuture.completedFuture("its own")));

        CompletableFuture<?> half = cache(waiting(patience.dividedBy(2)))
                .callAsync(call("q"), countingAsync(CompletableFuture.completedFuture("half the time")));
        assertThat(half).succeedsWithin(Duration.ofSeconds(5)).isEqualTo("half the time");
        CompletableFuture<?> anew =
                impatient.callAsync(call("r"), countingAsync(CompletableFuture.completedFuture("later")));
        leaving.cancel(true);

        assertThat(staying).succeedsWithin(Duration.ofSeconds(5)).isEqualTo("its own");
        assertThat(anew).isNotDone();
        assertThat(anew).succeedsWithin(Duration.ofSeconds(5)).isEqualTo("later");
        stuck.answer("late");
    }
}
