package io.github.llmcache.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.llmcache.event.BypassReason;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.CacheStatistics;
import io.github.llmcache.event.GuardedListeners;
import io.github.llmcache.event.PromptCacheEvent;
import io.github.llmcache.event.PromptCacheListener;
import io.github.llmcache.event.RejectionReason;
import io.github.llmcache.event.TierFailureEvent;
import io.github.llmcache.event.TierFailureEvent.Operation;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.payload.AnswerState;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.payload.PayloadCodec;
import io.github.llmcache.payload.PayloadCodecs;
import io.github.llmcache.payload.PayloadException;
import io.github.llmcache.payload.TokenCount;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.CacheTier;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import io.github.llmcache.tier.TierLookup;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.core.type.TypeReference;

class PromptCacheTests {

    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    private static final Duration TTL = Duration.ofMinutes(10);
    private static final PayloadCodec STRINGS = new PayloadCodecs(List.of()).forType(String.class);
    private static final CachePolicy POLICY = new CachePolicy("faq", TTL, 0, 1_000, true, "gpt");

    private static final Set<FailureKind> OVERWRITTEN =
            Set.of(FailureKind.WRONG_TYPE, FailureKind.UNREADABLE, FailureKind.OUT_OF_MEMORY, FailureKind.READ_ONLY);

    private final List<String> steps = new CopyOnWriteArrayList<>();
    private final MemoryTier near = new MemoryTier("near", steps);
    private final MemoryTier far = new MemoryTier("far", steps);
    private final RecordingListener listener = new RecordingListener(steps);
    private final PromptCallObserver observer = new PromptCallObserver();
    private Instant now = NOW;
    private final InstantSource clock = () -> now;
    private final PromptCache cache = cacheOf(near, far);

    @Test
    void a_miss_asks_the_tiers_in_order_then_the_model_then_stores_then_tells() throws Throwable {
        Object answer = cache.call(call("q"), () -> {
            steps.add("load");
            return "answer";
        });

        assertThat(answer).isEqualTo("answer");
        assertThat(steps).containsExactly("lookup near", "lookup far", "load", "store near", "store far", "tell MISS");
        assertThat(far.entryOf(keyOf("q")))
                .isEqualTo(new CacheEntry(
                        keyOf("q").digest(), payload("\"answer\""), NOW, NOW.plus(TTL), "gpt", "q", null));
        assertThat(far.ttls).containsExactly(TTL);
    }

    @Test
    void the_event_of_a_miss_says_how_long_the_method_took_and_knows_no_age() throws Throwable {
        cache.call(call("q"), () -> "answer");

        PromptCacheEvent event = listener.last();
        assertThat(event)
                .isEqualTo(new PromptCacheEvent(
                        "faq",
                        CacheOutcome.MISS,
                        null,
                        null,
                        "gpt",
                        keyOf("q").digest(),
                        event.elapsedNanos(),
                        event.loadNanos(),
                        Double.NaN));
        assertThat(event.loaded()).isTrue();
        assertThat(event.loadNanos()).isBetween(0L, event.elapsedNanos());
    }

    @Test
    void a_hit_asks_no_farther_tier_and_not_the_model() throws Throwable {
        cache.call(call("q"), () -> "answer");
        steps.clear();
        now = NOW.plus(TTL.dividedBy(4));

        assertThat(cache.call(call("q"), PromptCacheTests::never)).isEqualTo("answer");
        assertThat(steps).containsExactly("lookup near", "tell HIT");
        PromptCacheEvent event = listener.last();
        assertThat(event.tier()).isEqualTo("near");
        assertThat(event.age()).isEqualTo(0.25);
        assertThat(event.loaded()).isFalse();
        assertThat(event.loadNanos()).isEqualTo(-1);

        near.entries.clear();
        assertThat(cache.call(call("q"), PromptCacheTests::never)).isEqualTo("answer");
        assertThat(listener.last().tier()).isEqualTo("far");
    }

    @Test
    void the_age_of_a_hit_stays_between_0_and_1_whatever_the_clocks_say() throws Throwable {
        cache.call(call("q"), () -> "answer");

        now = NOW.minus(TTL);
        cache.call(call("q"), PromptCacheTests::never);
        assertThat(listener.last().age()).isZero();
        now = NOW.plus(TTL);
        cache.call(call("q"), PromptCacheTests::never);
        assertThat(listener.last().age()).isEqualTo(1);
    }

    @Test
    void the_prompt_stands_in_the_entry_only_where_it_may() throws Throwable {
        CachePolicy secretive = new CachePolicy("faq", TTL, 0, 1_000, false, null);
        cache.call(new PromptCall(keyOf("q"), secretive, STRINGS, answer -> false), () -> "answer");

        assertThat(far.entryOf(keyOf("q")).prompt()).isNull();
        assertThat(far.entryOf(keyOf("q")).toString()).doesNotContain("answer");
    }

    @Test
    void an_answer_that_may_not_be_stored_reaches_its_caller_and_the_reason_is_told() throws Throwable {
        assertRejected(null, STRINGS, answer -> false, RejectionReason.NULL);
        assertRejected("  ", STRINGS, answer -> false, RejectionReason.EMPTY);
        assertRejected("secret", STRINGS, answer -> answer.equals("secret"), RejectionReason.UNLESS);
        assertRejected(
                "unknown",
                STRINGS,
                answer -> {
                    throw new IllegalStateException("canary");
                },
                RejectionReason.UNLESS);
        assertRejected("x".repeat(999), STRINGS, answer -> false, RejectionReason.TOO_LARGE);
        assertRejected(new Object(), STRINGS, answer -> false, RejectionReason.NOT_JSON);
        assertRejected("half", codecSaying(AnswerState.TRUNCATED), answer -> false, RejectionReason.TRUNCATED);
        assertRejected("bad", codecSaying(AnswerState.FILTERED), answer -> false, RejectionReason.FILTERED);
        assertRejected("tool", codecSaying(AnswerState.TOOL_CALL), answer -> false, RejectionReason.TOOL_CALL);
        assertRejected("odd", codecSaying(AnswerState.UNKNOWN), answer -> false, RejectionReason.UNKNOWN_FINISH);
    }

    private void assertRejected(
            @Nullable Object answer, PayloadCodec codec, Predicate<Object> unless, RejectionReason reason)
            throws Throwable {
        PromptCall call = new PromptCall(keyOf("q"), POLICY, codec, unless);

        assertThat(cache.call(call, () -> answer)).isSameAs(answer);
        assertThat(listener.rejections).containsExactly(reason);
        assertThat(listener.last().outcome()).isEqualTo(CacheOutcome.MISS);
        listener.rejections.clear();

        CompletableFuture<?> future =
                Objects.requireNonNull(cache.callAsync(call, () -> CompletableFuture.completedFuture(answer)));
        assertThat(future.join()).isSameAs(answer);
        assertThat(listener.rejections).containsExactly(reason);
        listener.rejections.clear();
        assertThat(near.entries).isEmpty();
        assertThat(far.entries).isEmpty();
    }

    @Test
    void the_largest_answer_that_may_be_stored_is_stored() throws Throwable {
        cache.call(call("q"), () -> "x".repeat(998));

        assertThat(far.entryOf(keyOf("q")).payload().length()).isEqualTo(1_000);
    }

    @Test
    void tokens_of_an_answer_stand_in_its_entry() throws Throwable {
        PayloadCodec counting = new DelegatingCodec() {

            @Override
            public TokenCount tokensOf(Object answer) {
                return new TokenCount(1, 2);
            }
        };
        cache.call(new PromptCall(keyOf("q"), POLICY, counting, answer -> false), () -> "answer");

        assertThat(far.entryOf(keyOf("q")).tokens()).isEqualTo(new TokenCount(1, 2));
    }

    @Test
    void an_answer_given_to_an_interrupted_thread_is_not_stored_and_the_flag_stands() throws Throwable {
        try {
            Object answer = cache.call(call("q"), () -> {
                Thread.currentThread().interrupt();
                return "half an ans";
            });

            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            assertThat(answer).isEqualTo("half an ans");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(far.entries).isEmpty();
        assertThat(listener.rejections).containsExactly(RejectionReason.INTERRUPTED);
    }

    @Test
    void what_the_model_throws_reaches_the_caller_as_it_is() {
        for (Throwable thrown : List.of(
                new IOException("checked"),
                new IllegalStateException("unchecked"),
                new InterruptedException(),
                new StackOverflowError(),
                new AssertionError("error"))) {
            assertThat(catchThrowable(() -> cache.call(call("q"), () -> {
                        throw thrown;
                    })))
                    .isSameAs(thrown)
                    .hasNoSuppressedExceptions();
            assertThat(failureOf(cache.callAsync(call("q"), () -> {
                        throw thrown;
                    })))
                    .isSameAs(thrown);
            assertThat(catchThrowable(() -> cache.bypass(
                            new PromptBypass("faq", null, BypassReason.SCOPE, PromptDirectives.NONE), () -> {
                                throw thrown;
                            })))
                    .isSameAs(thrown);
            CompletableFuture<?> future = async("q", CompletableFuture.failedFuture(thrown));
            assertThat(failureOf(future)).isSameAs(thrown);
        }
        assertThat(listener.calls).extracting(PromptCacheEvent::outcome).containsOnly(CacheOutcome.ERROR);
        assertThat(listener.calls).allMatch(PromptCacheEvent::loaded);
        assertThat(near.entries).isEmpty();
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void an_asynchronous_failure_that_was_wrapped_on_its_way_stays_wrapped_once() {
        IOException cause = new IOException("checked");
        CompletableFuture<String> dependent =
                CompletableFuture.<String>failedFuture(cause).thenApply(answer -> answer);
        CompletableFuture<?> future = async("q", dependent);

        assertThat(catchThrowable(future::join))
                .isInstanceOf(CompletionException.class)
                .hasCause(cause);
        assertThat(catchThrowable(future::get)).hasCause(cause);
    }

    @Test
    void an_asynchronous_answer_is_stored_before_its_caller_has_it() throws Throwable {
        CompletableFuture<String> model = new CompletableFuture<>();
        CompletableFuture<?> future = async("q", model);
        List<String> seen = new ArrayList<>();
        CompletableFuture<Void> reader = future.thenRun(() -> seen.addAll(steps));

        assertThat(future).isNotDone();
        model.complete("answer");
        reader.join();
        assertThat(seen).containsExactly("lookup near", "lookup far", "store near", "store far", "tell MISS");
        assertThat(future.join()).isEqualTo("answer");

        CompletableFuture<?> hit = Objects.requireNonNull(cache.callAsync(call("q"), () -> {
            throw new AssertionError("not asked");
        }));
        assertThat(hit.join()).isEqualTo("answer");
        assertThat(listener.last().outcome()).isEqualTo(CacheOutcome.HIT);
    }

    @Test
    void an_asynchronous_method_that_returns_null_instead_of_a_stage_has_answered_null() {
        assertThat(cache.callAsync(call("q"), () -> null)).isCompletedWithValue(null);
        assertThat(listener.rejections).containsExactly(RejectionReason.NULL);
    }

    @Test
    void cancelling_an_asynchronous_call_cancels_the_model_and_stores_nothing() {
        CompletableFuture<String> model = new CompletableFuture<>();
        CompletableFuture<?> future = async("q", model);

        assertThat(future.cancel(true)).isTrue();

        assertThat(model).isCancelled();
        assertThat(far.entries).isEmpty();
        assertThat(listener.last().outcome()).isEqualTo(CacheOutcome.ERROR);
    }

    @Test
    void an_answer_of_a_model_that_was_told_to_stop_is_not_stored() {
        CompletableFuture<String> stopping = new CompletableFuture<>() {

            @Override
            public boolean cancel(boolean mayInterrupt) {
                return complete("half an ans");
            }
        };
        CompletableFuture<?> future = async("q", stopping);

        future.cancel(true);

        assertThat(catchThrowable(future::join)).isInstanceOf(CancellationException.class);
        assertThat(far.entries).isEmpty();
        assertThat(listener.rejections).containsExactly(RejectionReason.INTERRUPTED);
    }

    @Test
    void a_model_that_is_cancelled_by_others_looks_cancelled_to_the_caller() {
        CompletableFuture<String> model = new CompletableFuture<>();
        CompletableFuture<?> future = async("q", model);

        model.cancel(true);

        assertThat(future).isCancelled();
    }

    @Test
    void a_stage_that_is_no_future_is_answered_too() {
        CompletableFuture<String> model = new CompletableFuture<>();
        CompletableFuture<?> future = async("q", model.minimalCompletionStage());

        model.complete("answer");

        assertThat(future.join()).isEqualTo("answer");
        assertThat(far.entries).hasSize(1);
    }

    @Test
    void a_tier_that_fails_in_any_way_is_passed_by_and_told_of() throws Throwable {
        for (Throwable failure : List.of(
                new TierException(FailureKind.TIMEOUT, "late", null),
                new CompletionException(new TierException(FailureKind.READ_ONLY, "replica", null)),
                new IllegalStateException("broken"),
                new NoClassDefFoundError("gone"),
                new AssertionError("impossible"),
                new StackOverflowError(),
                new IOException("sneaky"))) {
            FailureKind kind = failure instanceof TierException tier
                    ? tier.kind()
                    : failure instanceof CompletionException ? FailureKind.READ_ONLY : FailureKind.OTHER;
            for (boolean throwing : new boolean[] {true, false}) {
                listener.failures.clear();
                MemoryTier healthy = new MemoryTier("healthy", steps);
                PromptCache failing = cacheOf(new FailingTier(failure, throwing), healthy);

                assertThat(failing.call(call("q"), () -> "answer")).isEqualTo("answer");
                assertThat(failing.call(call("q"), PromptCacheTests::never)).isEqualTo("answer");
                assertThat(listener.last().tier()).isEqualTo("healthy");
                CompletableFuture<?> async = Objects.requireNonNull(
                        failing.callAsync(call("other"), () -> CompletableFuture.completedFuture("answer")));
                assertThat(async.join()).isEqualTo("answer");
                assertThat(listener.failures)
                        .as("%s", failure)
                        .contains(new TierFailureEvent("faq", "failing", Operation.STORE, kind));
                assertThat(listener.failures.stream().filter(event -> event.operation() == Operation.LOOKUP))
                        .hasSize(3);
            }
        }
    }

    @Test
    void a_tier_that_says_and_does_nothing_harms_nobody() throws Throwable {
        CacheTier mute = new MemoryTier("mute", steps) {

            @Override
            @SuppressWarnings("NullAway") // a tier that breaks the contract
            public TierLookup lookup(PromptKey key) {
                return null;
            }

            @Override
            @SuppressWarnings("NullAway") // a tier that breaks the contract
            public CompletionStage<Void> store(PromptKey key, CacheEntry entry, Duration ttl) {
                return null;
            }
        };

        assertThat(cacheOf(mute).call(call("q"), () -> "answer")).isEqualTo("answer");
        assertThat(listener.failures)
                .containsExactly(new TierFailureEvent("faq", "mute", Operation.STORE, FailureKind.OTHER));
    }

    @Test
    void every_kind_of_failed_lookup_is_a_miss_and_what_a_tier_answered_is_overwritten_but_a_newer_format()
            throws Throwable {
        for (FailureKind kind : FailureKind.values()) {
            MemoryTier failing = new MemoryTier("failing", steps) {

                @Override
                public TierLookup lookup(PromptKey key) {
                    return new TierLookup.Failure(kind);
                }
            };
            listener.rejections.clear();
            listener.failures.clear();

            assertThat(cacheOf(failing).call(call("q"), () -> "answer")).isEqualTo("answer");
            boolean overwritten = OVERWRITTEN.contains(kind);
            assertThat(failing.entries).as("%s", kind).hasSize(overwritten ? 1 : 0);
            assertThat(listener.failures)
                    .containsExactly(new TierFailureEvent("faq", "failing", Operation.LOOKUP, kind));
            assertThat(listener.rejections)
                    .as("%s", kind)
                    .isEqualTo(
                            overwritten
                                    ? List.of()
                                    : List.of(
                                            kind == FailureKind.NEWER_FORMAT
                                                    ? RejectionReason.NEWER_FORMAT
                                                    : RejectionReason.NO_LEASE));
        }
    }

    @Test
    void an_entry_that_can_not_be_read_is_a_miss_and_is_overwritten() throws Throwable {
        far.entries.put(keyOf("q"), entry(keyOf("q").digest(), "{\"damaged\""));

        assertThat(cache.call(call("q"), () -> "answer")).isEqualTo("answer");
        assertThat(listener.failures)
                .containsExactly(new TierFailureEvent("faq", "far", Operation.LOOKUP, FailureKind.UNREADABLE));
        assertThat(far.entryOf(keyOf("q")).payload()).isEqualTo(payload("\"answer\""));
    }

    @Test
    void the_answer_to_another_question_is_never_returned() throws Throwable {
        near.entries.put(keyOf("q"), entry(keyOf("another").digest(), "\"wrong\""));

        assertThat(cache.call(call("q"), () -> "answer")).isEqualTo("answer");
        assertThat(listener.failures)
                .containsExactly(new TierFailureEvent("faq", "near", Operation.LOOKUP, FailureKind.UNREADABLE));
        assertThat(near.entryOf(keyOf("q")).digest()).isEqualTo(keyOf("q").digest());
    }

    @Test
    void a_codec_that_fails_in_any_way_harms_nobody() throws Throwable {
        far.entries.put(keyOf("q"), entry(keyOf("q").digest(), "\"stored\""));
        for (Throwable failure : List.of(
                new PayloadException("unreadable", null),
                new IllegalStateException("broken"),
                new NoSuchMethodError("gone"),
                new StackOverflowError(),
                new AssertionError("impossible"),
                new OutOfMemoryError("too large"),
                new IOException("sneaky"))) {
            PayloadCodec failing = new PayloadCodec() {

                @Override
                public Payload encode(Object answer) {
                    throw PromptCacheTests.<RuntimeException>sneaky(failure);
                }

                @Override
                public Object decode(Payload payload) {
                    throw PromptCacheTests.<RuntimeException>sneaky(failure);
                }

                @Override
                public AnswerState stateOf(Object answer) {
                    return AnswerState.COMPLETE;
                }
            };
            PromptCall call = new PromptCall(keyOf("q"), POLICY, failing, answer -> false);

            assertThat(cache.call(call, () -> "answer")).isEqualTo("answer");
            CompletableFuture<?> future =
                    Objects.requireNonNull(cache.callAsync(call, () -> CompletableFuture.supplyAsync(() -> "answer")));
            assertThat(future.get(5, TimeUnit.SECONDS)).isEqualTo("answer");
        }
        assertThat(far.entryOf(keyOf("q")).payload()).isEqualTo(payload("\"stored\""));
        assertThat(listener.rejections).containsOnly(RejectionReason.NOT_JSON);
    }

    @Test
    void a_listener_that_fails_in_any_way_harms_neither_callers_nor_other_listeners() throws Throwable {
        for (Throwable failure : List.of(
                new IllegalStateException("broken"),
                new NoSuchMethodError("gone"),
                new StackOverflowError(),
                new AssertionError("impossible"),
                new IOException("sneaky"))) {
            near.entries.clear();
            far.entries.clear();
            listener.calls.clear();
            PromptCache told = new PromptCache(
                    List.of(new FailingTier(failure, true), near),
                    new GuardedListeners(List.of(new FailingListener(failure), listener)),
                    observer,
                    clock);

            assertThat(told.call(call("q"), () -> "answer")).isEqualTo("answer");
            assertThat(told.call(call("q"), PromptCacheTests::never)).isEqualTo("answer");
            assertThat(told.call(call("empty"), () -> "")).isEqualTo("");
            CompletableFuture<?> future = Objects.requireNonNull(
                    told.callAsync(call("other"), () -> CompletableFuture.supplyAsync(() -> "answer")));
            assertThat(future.get(5, TimeUnit.SECONDS)).isEqualTo("answer");
            IOException thrown = new IOException("the model's");
            assertThat(catchThrowable(() -> told.call(call("error"), () -> {
                        throw thrown;
                    })))
                    .isSameAs(thrown);
            assertThat(listener.calls).hasSize(5);
        }
    }

    @Test
    void an_asynchronous_caller_is_answered_even_where_a_listener_breaks_the_contract() throws Throwable {
        PromptCache told =
                new PromptCache(List.of(near), new FailingListener(new AssertionError("impossible")), observer, clock);
        CompletableFuture<?> answered =
                Objects.requireNonNull(told.callAsync(call("q"), () -> CompletableFuture.supplyAsync(() -> "answer")));
        IOException thrown = new IOException("the model's");
        CompletableFuture<String> model = new CompletableFuture<>();
        CompletableFuture<?> failed = Objects.requireNonNull(told.callAsync(call("other"), () -> model));
        model.completeExceptionally(thrown);

        assertThat(answered.get(5, TimeUnit.SECONDS)).isEqualTo("answer");
        assertThat(failureOf(failed)).isSameAs(thrown);
    }

    @Test
    void two_callers_never_share_one_object() throws Throwable {
        Type listOfStrings = new TypeReference<List<String>>() {}.getType();
        PromptCall call = new PromptCall(
                keyOf("q"), POLICY, new PayloadCodecs(List.of()).forType(listOfStrings), answer -> false);
        List<String> given = listOf(cache.call(call, () -> new ArrayList<>(List.of("answer"))));
        given.add("changed by the first");

        List<String> second = listOf(cache.call(call, PromptCacheTests::never));
        assertThat(second).containsExactly("answer");
        second.clear();
        assertThat(listOf(cache.call(call, PromptCacheTests::never))).containsExactly("answer");
    }

    @Test
    void a_bypassed_call_looks_up_and_stores_nothing() throws Throwable {
        assertThat(cache.bypass(
                        new PromptBypass("faq", "gpt", BypassReason.CONDITION, PromptDirectives.NONE), () -> "answer"))
                .isEqualTo("answer");
        CompletableFuture<?> future = Objects.requireNonNull(cache.bypassAsync(
                new PromptBypass("faq", "gpt", BypassReason.SCOPE, PromptDirectives.NONE),
                () -> CompletableFuture.completedFuture("answer")));
        assertThat(future.join()).isEqualTo("answer");

        assertThat(steps).containsExactly("tell BYPASS", "tell BYPASS");
        assertThat(listener.calls)
                .extracting(PromptCacheEvent::bypass)
                .containsExactly(BypassReason.CONDITION, BypassReason.SCOPE);
        assertThat(listener.last().digest()).isNull();
        assertThat(listener.last().model()).isEqualTo("gpt");
        assertThat(listener.last().loaded()).isTrue();
    }

    @Test
    void a_ttl_with_jitter_is_within_its_bounds_and_is_what_the_entry_says() throws Throwable {
        CachePolicy jittery = new CachePolicy("faq", TTL, 0.2, 1_000, true, null);
        for (int i = 0; i < 1_000; i++) {
            PromptKey key = keyOf("q" + i);
            cache.call(new PromptCall(key, jittery, STRINGS, answer -> false), () -> "answer");
            CacheEntry entry = far.entryOf(key);
            assertThat(Duration.between(entry.createdAt(), entry.freshUntil()))
                    .isEqualTo(far.ttls.get(i))
                    .isBetween(Duration.ofMinutes(8), TTL);
        }
        assertThat(far.ttls.stream().distinct().count()).isGreaterThan(500);
        assertThat(far.ttls).isEqualTo(near.ttls);
    }

    @Test
    void a_caller_learns_the_outcomes_of_its_own_calls_only() throws Exception {
        ObservedCall<String> first = observer.observe(() -> ask("q"));
        ObservedCall<String> second = observer.observe(() -> ask("q") + ask("other"));
        ask("q");

        assertThat(first.value()).isEqualTo("answer to q");
        assertThat(first.outcome()).contains(CacheOutcome.MISS);
        assertThat(second.calls())
                .extracting(PromptCacheEvent::outcome)
                .containsExactly(CacheOutcome.HIT, CacheOutcome.MISS);
        assertThat(second.last().orElseThrow().digest())
                .isEqualTo(keyOf("other").digest());
        assertThat(observer.observe(() -> "no call").outcome()).isEmpty();
        assertThat(listener.calls).hasSize(4);
    }

    @Test
    void an_observation_within_another_is_heard_by_both() throws Exception {
        List<ObservedCall<String>> inner = new ArrayList<>();
        ObservedCall<String> outer = observer.observe(() -> {
            ask("before");
            inner.add(observer.observe(() -> ask("within")));
            return ask("after");
        });

        assertThat(outer.calls())
                .extracting(PromptCacheEvent::digest)
                .containsExactly(
                        keyOf("before").digest(),
                        keyOf("within").digest(),
                        keyOf("after").digest());
        assertThat(inner.get(0).calls())
                .extracting(PromptCacheEvent::digest)
                .containsExactly(keyOf("within").digest());
    }

    @Test
    void an_observation_ends_where_its_task_throws() throws Exception {
        IOException thrown = new IOException("the task's");
        ObservedCall<String> outer = observer.observe(() -> {
            assertThat(catchThrowable(() -> observer.observe(() -> {
                        throw thrown;
                    })))
                    .isSameAs(thrown);
            return ask("q");
        });

        assertThat(outer.calls()).hasSize(1);
        assertThat(observer.current()).isNull();
    }

    @Test
    void an_asynchronous_call_is_observed_when_it_ends_on_whatever_thread() throws Exception {
        CompletableFuture<String> model = new CompletableFuture<>();
        ObservedCall<CompletableFuture<?>> observed = observer.observe(() -> async("q", model));
        assertThat(observed.outcome()).isEmpty();

        Thread other = new Thread(() -> model.complete("answer"));
        other.start();
        other.join();

        assertThat(observed.value().join()).isEqualTo("answer");
        assertThat(observed.outcome()).contains(CacheOutcome.MISS);
    }

    @Test
    void statistics_lose_no_call_of_many_threads() {
        CacheStatistics statistics = new CacheStatistics();
        PromptCache counted = new PromptCache(List.of(near), statistics, observer, clock);
        far.steps.clear();
        IntStream.range(0, 8_000).parallel().forEach(i -> {
            try {
                switch (i % 4) {
                    case 0 -> counted.call(call("unique " + i), () -> "answer");
                    case 1 ->
                        counted.bypass(
                                new PromptBypass("faq", null, BypassReason.PROMPT, PromptDirectives.NONE),
                                () -> "answer");
                    case 2 -> counted.call(call("empty " + i), () -> "");
                    default ->
                        assertThat(catchThrowable(() -> counted.call(call("error"), () -> {
                                    throw new IllegalStateException();
                                })))
                                .isNotNull();
                }
            } catch (Throwable ex) {
                throw new AssertionError(ex);
            }
        });
        IntStream.range(0, 8_000).parallel().filter(i -> i % 4 == 0).forEach(i -> {
            try {
                counted.call(call("unique " + i), PromptCacheTests::never);
            } catch (Throwable ex) {
                throw new AssertionError(ex);
            }
        });

        CacheStatistics.Snapshot counts = statistics.of("faq");
        assertThat(counts)
                .usingRecursiveComparison()
                .ignoringFields("loadTime", "models", "calls")
                .isEqualTo(new CacheStatistics.Snapshot(
                        2_000,
                        Map.of("near", 2_000L),
                        0,
                        0,
                        0,
                        4_000,
                        2_000,
                        0,
                        2_000,
                        0,
                        0,
                        0,
                        2_000,
                        6_000,
                        Duration.ZERO,
                        Map.of(),
                        Map.of()));
        assertThat(counts.hitRatio()).isEqualTo(1.0 / 3);
    }

    private PromptCache cacheOf(CacheTier... tiers) {
        return new PromptCache(List.of(tiers), listener, observer, clock);
    }

    private String ask(String prompt) {
        try {
            return (String) Objects.requireNonNull(cache.call(call(prompt), () -> "answer to " + prompt));
        } catch (Throwable ex) {
            throw new AssertionError(ex);
        }
    }

    private CompletableFuture<?> async(String prompt, CompletionStage<String> model) {
        try {
            return Objects.requireNonNull(cache.callAsync(call(prompt), () -> model));
        } catch (Throwable ex) {
            throw new AssertionError(ex);
        }
    }

    private static @Nullable Throwable failureOf(CompletableFuture<?> future) {
        return future.handle((answer, failure) -> failure)
                .orTimeout(5, TimeUnit.SECONDS)
                .join();
    }

    private static Object never() {
        throw new AssertionError("The model was asked");
    }

    @SuppressWarnings("unchecked")
    private static List<String> listOf(@Nullable Object answer) {
        return (List<String>) Objects.requireNonNull(answer);
    }

    private static PromptKey keyOf(String prompt) {
        return new PromptKey("faq", "digest of " + prompt, prompt);
    }

    private static PromptCall call(String prompt) {
        return new PromptCall(keyOf(prompt), POLICY, STRINGS, answer -> false);
    }

    private static Payload payload(String json) {
        return Payload.of(json.getBytes(StandardCharsets.UTF_8));
    }

    private static CacheEntry entry(String digest, String json) {
        return new CacheEntry(digest, payload(json), NOW, NOW.plus(TTL), null, null, null);
    }

    private static PayloadCodec codecSaying(AnswerState state) {
        return new DelegatingCodec() {

            @Override
            public AnswerState stateOf(Object answer) {
                return state;
            }
        };
    }

    /** Throws anything, as code in other languages can. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> RuntimeException sneaky(Throwable failure) throws E {
        throw (E) failure;
    }

    private static class DelegatingCodec implements PayloadCodec {

        @Override
        public Payload encode(Object answer) {
            return STRINGS.encode(answer);
        }

        @Override
        public Object decode(Payload payload) {
            return STRINGS.decode(payload);
        }

        @Override
        public AnswerState stateOf(Object answer) {
            return STRINGS.stateOf(answer);
        }
    }

    /** A tier that fails in one way, thrown or told. */
    private static final class FailingTier implements CacheTier {

        private final Throwable failure;
        private final boolean throwing;

        FailingTier(Throwable failure, boolean throwing) {
            this.failure = failure;
            this.throwing = throwing;
        }

        @Override
        public String name() {
            return "failing";
        }

        @Override
        public TierLookup lookup(PromptKey key) {
            if (throwing) {
                throw PromptCacheTests.<RuntimeException>sneaky(failure);
            }
            return new TierLookup.Failure(FailureKind.CONNECTION);
        }

        @Override
        public CompletionStage<Void> store(PromptKey key, CacheEntry entry, Duration ttl) {
            if (throwing) {
                throw PromptCacheTests.<RuntimeException>sneaky(failure);
            }
            return CompletableFuture.failedFuture(failure);
        }
    }

    /** A listener that throws whatever it is told. */
    private record FailingListener(Throwable failure) implements PromptCacheListener {

        @Override
        public void onCall(PromptCacheEvent event) {
            throw PromptCacheTests.<RuntimeException>sneaky(failure);
        }

        @Override
        public void onTierFailure(TierFailureEvent event) {
            throw PromptCacheTests.<RuntimeException>sneaky(failure);
        }
    }
}
