package io.github.llmcache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.PromptCacheEvent;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.payload.PayloadCodec;
import io.github.llmcache.payload.PayloadCodecs;
import io.github.llmcache.tier.CacheTier;
import io.github.llmcache.tier.EntryTerms;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** What tests of the engine have in common: two caches that share a tier, as two JVMs do, and a model that can be held. */
abstract class EngineTest {

    static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    static final Duration TTL = Duration.ofMinutes(10);
    static final PayloadCodec STRINGS = new PayloadCodecs(List.of()).forType(String.class);

    final RecordingListener listener = new RecordingListener(new CopyOnWriteArrayList<>());
    final LeasingTier tier = new LeasingTier();
    final EngineThreads threads = new EngineThreads();
    final AtomicInteger loads = new AtomicInteger();
    volatile Instant now = NOW;
    final InstantSource clock = () -> now;
    Staleness staleness = Staleness.NEVER;
    PromptDirectives directives = PromptDirectives.NONE;

    @AfterEach
    void stopThreads() {
        threads.close();
    }

    PromptCache cache(EngineOptions options) {
        return cache(options, tier);
    }

    PromptCache cache(EngineOptions options, CacheTier... tiers) {
        return new PromptCache(List.of(tiers), listener, new PromptCallObserver(), clock, options, threads);
    }

    static EngineOptions waiting(Duration maxWait) {
        return new EngineOptions(true, maxWait, 8, List.of(), CacheModes.ON, LoadContext.NONE);
    }

    static EngineOptions guardedBy(LoadGuard... guards) {
        return new EngineOptions(true, Duration.ofSeconds(30), 8, List.of(guards), CacheModes.ON, LoadContext.NONE);
    }

    static PromptKey keyOf(String prompt) {
        return new PromptKey("faq", "digest of " + prompt, prompt);
    }

    PromptCall call(String prompt) {
        return call(prompt, STRINGS);
    }

    PromptCall call(String prompt, PayloadCodec codec) {
        CachePolicy policy = new CachePolicy("faq", TTL, 0, staleness, 1_000, true, "gpt");
        return new PromptCall(
                keyOf(prompt),
                policy,
                codec,
                answer -> answer.equals("keep out"),
                null,
                a -> EntryTerms.NONE,
                directives);
    }

    /** A model that answers when it is let go. */
    final class Model implements Load<Object> {

        final CountDownLatch asked = new CountDownLatch(1);
        private final CompletableFuture<Object> answer = new CompletableFuture<>();

        @Override
        public @Nullable Object get() throws Throwable {
            loads.incrementAndGet();
            asked.countDown();
            try {
                return answer.get(20, TimeUnit.SECONDS);
            } catch (ExecutionException ex) {
                throw ex.getCause();
            }
        }

        void awaitAsked() {
            Awaitility.await().until(() -> asked.getCount() == 0);
        }

        void answer(@Nullable Object value) {
            answer.complete(value);
        }

        void fail(Throwable failure) {
            answer.completeExceptionally(failure);
        }
    }

    Load<Object> counting(Object answer) {
        return () -> {
            loads.incrementAndGet();
            return answer;
        };
    }

    Load<CompletionStage<?>> countingAsync(CompletionStage<?> answer) {
        return () -> {
            loads.incrementAndGet();
            return answer;
        };
    }

    /** Calls on a thread of its own. */
    static Caller start(PromptCache cache, PromptCall call, Load<?> load) {
        Caller caller = new Caller(cache, call, load);
        caller.thread.start();
        return caller;
    }

    static List<Caller> start(int callers, PromptCache cache, PromptCall call, Load<?> load) {
        List<Caller> started = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            started.add(start(cache, call, load));
        }
        return started;
    }

    static void awaitWaiting(List<Caller> callers) {
        Awaitility.await().until(() -> callers.stream().allMatch(Caller::waits));
    }

    static final class Caller {

        final Thread thread;
        private final CompletableFuture<@Nullable Object> result = new CompletableFuture<>();
        volatile boolean interruptedAfter;

        Caller(PromptCache cache, PromptCall call, Load<?> load) {
            thread = new Thread(() -> {
                try {
                    result.complete(cache.call(call, load));
                } catch (Throwable failure) {
                    result.completeExceptionally(failure);
                }
                interruptedAfter = Thread.currentThread().isInterrupted();
            });
            thread.setDaemon(true);
        }

        boolean waits() {
            return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING;
        }

        @Nullable
        Object answer() {
            return result.orTimeout(20, TimeUnit.SECONDS).join();
        }

        @Nullable
        Throwable failure() {
            return result.handle((answer, failure) -> failure)
                    .orTimeout(20, TimeUnit.SECONDS)
                    .join();
        }

        boolean isDone() {
            return result.isDone();
        }
    }

    static @Nullable Throwable failureOf(CompletableFuture<?> future) {
        return future.handle((answer, failure) -> failure)
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    long count(CacheOutcome outcome) {
        return listener.calls.stream()
                .map(PromptCacheEvent::outcome)
                .filter(outcome::equals)
                .count();
    }

    void assertOutcomes(CacheOutcome... outcomes) {
        assertThat(listener.calls).extracting(PromptCacheEvent::outcome).containsExactlyInAnyOrder(outcomes);
    }
}
