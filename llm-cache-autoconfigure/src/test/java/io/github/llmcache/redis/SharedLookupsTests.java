package io.github.llmcache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.key.PromptKey;
import io.github.llmcache.testing.OwnThread;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierLookup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedLookupsTests {

    private static final PromptKey WHY = key("why");
    private static final PromptKey WHO = key("who");

    private final Server server = new Server();
    private volatile Executor threads = OwnThread::run;
    private final SharedLookups lookups = new SharedLookups(
            server::lookUp, server::lookUpLater, task -> threads.execute(task), Duration.ofSeconds(20));
    private final List<CompletableFuture<TierLookup>> fillers = new ArrayList<>();

    @AfterEach
    void letAllGo() {
        server.open();
        fillers.forEach(CompletableFuture::join);
    }

    @Test
    void a_few_look_ups_at_once_each_have_a_round_trip_of_their_own() {
        List<CompletableFuture<TierLookup>> few = callers(SharedLookups.FEW, WHY);
        await().until(() -> server.asked(WHY) == SharedLookups.FEW);
        server.open();
        assertThat(few).allSatisfy(caller -> assertThat(caller.get()).isInstanceOf(TierLookup.Miss.class));
        assertThat(server.asked(WHY)).isEqualTo(SharedLookups.FEW);
    }

    @Test
    void of_many_equal_look_ups_at_once_most_share_one_round_trip() {
        busy();
        List<CompletableFuture<TierLookup>> many = callers(300, WHY);
        await().until(() -> waiting() >= 299);
        server.open();
        many.forEach(CompletableFuture::join);
        assertThat(server.asked(WHY)).isEqualTo(2);
    }

    @Test
    void a_look_up_is_not_answered_by_one_that_was_sent_before_it_came() {
        busy();
        server.answer = new TierLookup.Failure(FailureKind.DENIED);
        CompletableFuture<TierLookup> before = caller(WHY);
        await().until(() -> server.asked(WHY) == 1);
        server.answer = TierLookup.Miss.INSTANCE;
        CompletableFuture<TierLookup> after = caller(WHY);
        await().until(() -> waiting() == 1);
        server.open();
        assertThat(before.join()).isEqualTo(new TierLookup.Failure(FailureKind.DENIED));
        assertThat(after.join()).isInstanceOf(TierLookup.Miss.class);
    }

    @Test
    void who_comes_while_the_shared_one_is_under_way_gets_the_one_after_it() throws Exception {
        busy();
        CompletableFuture<TierLookup> first = caller(WHY);
        await().until(() -> server.asked(WHY) == 1);
        CompletableFuture<TierLookup> second = caller(WHY);
        await().until(() -> waiting() == 1);
        CompletableFuture<TierLookup> shared = new CompletableFuture<>();
        server.later = shared;
        server.open();
        first.join();
        await().until(() -> server.asked(WHY) == 2);
        fillers.forEach(CompletableFuture::join);
        fillers.clear();
        server.close();
        busy();
        CompletableFuture<TierLookup> third = caller(WHY);
        await().until(() -> waiting() == 2);
        server.later = null;
        shared.complete(new TierLookup.Failure(FailureKind.DENIED));
        assertThat(second.get()).isEqualTo(new TierLookup.Failure(FailureKind.DENIED));
        assertThat(third.get()).isInstanceOf(TierLookup.Miss.class);
        assertThat(server.asked(WHY)).isEqualTo(3);
    }

    @Test
    void who_has_its_answer_does_nothing_more_for_those_who_wait() {
        busy();
        BlockingQueue<Runnable> left = new LinkedBlockingQueue<>();
        threads = left::add;
        CompletableFuture<TierLookup> first = caller(WHY);
        await().until(() -> server.asked(WHY) == 1);
        CompletableFuture<TierLookup> second = caller(WHY);
        await().until(() -> waiting() == 1);
        server.open();
        assertThat(first.join()).isInstanceOf(TierLookup.Miss.class);
        assertThat(second).isNotDone();
        await().until(() -> !left.isEmpty());
        left.remove().run();
        assertThat(second.join()).isInstanceOf(TierLookup.Miss.class);
    }

    @Test
    void look_ups_of_other_keys_wait_for_nobody() {
        busy();
        callersThatStay(2, WHY);
        CompletableFuture<TierLookup> other = caller(WHO);
        await().until(() -> server.asked(WHO) == 1);
        server.open();
        assertThat(other.join()).isInstanceOf(TierLookup.Miss.class);
    }

    @Test
    void nobody_waits_longer_than_twice_the_timeout() {
        SharedLookups impatient =
                new SharedLookups(server::lookUp, server::lookUpLater, OwnThread::run, Duration.ofMillis(100));
        for (int i = 0; i <= SharedLookups.FEW; i++) {
            fillers.add(OwnThread.supply(() -> impatient.lookup(WHY)));
        }
        await().until(() -> server.asked(WHY) == SharedLookups.FEW + 1);
        assertThat(impatient.lookup(WHY)).isEqualTo(new TierLookup.Failure(FailureKind.TIMEOUT));
    }

    @Test
    void those_who_wait_for_a_look_up_that_is_not_answered_in_time_wait_for_no_other() {
        busy();
        server.answer = new TierLookup.Failure(FailureKind.TIMEOUT);
        CompletableFuture<TierLookup> first = caller(WHY);
        await().until(() -> server.asked(WHY) == 1);
        List<CompletableFuture<TierLookup>> others = callers(5, WHY);
        await().until(() -> waiting() == 5);
        server.open();
        first.join();
        assertThat(others)
                .allSatisfy(other -> assertThat(other.get()).isEqualTo(new TierLookup.Failure(FailureKind.TIMEOUT)));
        assertThat(server.asked(WHY)).isEqualTo(1);
    }

    @Test
    void those_who_wait_are_answered_though_their_look_up_throws_or_never_ends() {
        SharedLookups impatient =
                new SharedLookups(server::lookUp, server::lookUpLater, OwnThread::run, Duration.ofMillis(100));
        for (boolean throwing : new boolean[] {true, false}) {
            server.close();
            server.laterFailure = throwing ? new OutOfMemoryError("no thread") : null;
            server.later = new CompletableFuture<>();
            int before = server.asked(WHO);
            for (int i = 0; i <= SharedLookups.FEW; i++) {
                fillers.add(OwnThread.supply(() -> impatient.lookup(WHO)));
            }
            await().until(() -> server.asked(WHO) == before + SharedLookups.FEW + 1);
            CompletableFuture<TierLookup> waits = OwnThread.supply(() -> impatient.lookup(WHO));
            await().until(() -> waiting() == 1);
            server.open();
            assertThat(waits.join()).isInstanceOf(TierLookup.Failure.class);
            await().until(() -> impatient.shared() == 0);
        }
    }

    @Test
    void who_is_interrupted_leaves_at_once_and_stays_interrupted() throws Exception {
        busy();
        callersThatStay(1, WHY);
        await().until(() -> server.asked(WHY) == 1);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            TierLookup found = lookups.lookup(WHY);
            interrupted.complete(found.equals(new TierLookup.Failure(FailureKind.INTERRUPTED))
                    && Thread.currentThread().isInterrupted());
        });
        thread.start();
        await().until(() -> waiting() == 1);
        thread.interrupt();
        assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void those_who_wait_are_answered_though_the_look_up_before_them_throws() {
        busy();
        server.failure = new IllegalStateException("thrown");
        CompletableFuture<Void> first =
                OwnThread.run(() -> assertThatIllegalStateException().isThrownBy(() -> lookups.lookup(WHY)));
        await().until(() -> server.asked(WHY) == 1);
        CompletableFuture<TierLookup> second = caller(WHY);
        await().until(() -> waiting() == 1);
        server.open();
        first.join();
        assertThat(second.join()).isInstanceOf(TierLookup.Miss.class);
    }

    @Test
    void nothing_is_kept_of_look_ups_that_have_ended() {
        busy();
        List<CompletableFuture<TierLookup>> many = callers(50, WHY);
        await().until(() -> waiting() >= 49);
        assertThat(lookups.shared()).isEqualTo(1);
        server.open();
        many.forEach(CompletableFuture::join);
        fillers.forEach(CompletableFuture::join);
        await().until(() -> lookups.shared() == 0);
    }

    /** As many look-ups of other keys are under way as need no sharing, and stay so until the server is open. */
    private void busy() {
        for (int i = 0; i < SharedLookups.FEW; i++) {
            PromptKey filler = key("filler " + i);
            int before = server.asked(filler);
            fillers.add(caller(filler));
            await().pollDelay(Duration.ZERO).until(() -> server.asked(filler) > before);
        }
    }

    private void callersThatStay(int count, PromptKey key) {
        fillers.addAll(callers(count, key));
    }

    private List<CompletableFuture<TierLookup>> callers(int count, PromptKey key) {
        List<CompletableFuture<TierLookup>> callers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            callers.add(caller(key));
        }
        return callers;
    }

    private CompletableFuture<TierLookup> caller(PromptKey key) {
        return OwnThread.supply(() -> lookups.lookup(key));
    }

    /** How many wait for another one's look-up. */
    private static int waiting() {
        return (int) Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getState() == Thread.State.TIMED_WAITING)
                .filter(thread -> List.of(thread.getValue()).stream()
                        .anyMatch(frame -> frame.getClassName().equals(SharedLookups.class.getName())
                                && frame.getMethodName().equals("await")))
                .count();
    }

    private static PromptKey key(String name) {
        return new PromptKey("prompt", name, null);
    }

    /** Answers when it is open, as it was told when it was asked. */
    private static final class Server {

        private final List<String> asked = new ArrayList<>();
        private volatile CountDownLatch opened = new CountDownLatch(1);
        private volatile TierLookup answer = TierLookup.Miss.INSTANCE;
        private volatile @Nullable RuntimeException failure;
        private volatile @Nullable CompletableFuture<TierLookup> later;
        private volatile @Nullable Error laterFailure;

        TierLookup lookUp(PromptKey key) {
            TierLookup found = answer;
            RuntimeException thrown = key.equals(WHY) ? failure : null;
            note(key);
            try {
                opened.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
            if (thrown != null) {
                throw thrown;
            }
            return found;
        }

        CompletionStage<TierLookup> lookUpLater(PromptKey key) {
            note(key);
            Error thrown = laterFailure;
            if (thrown != null) {
                throw thrown;
            }
            CompletableFuture<TierLookup> reply = later;
            return reply == null ? CompletableFuture.completedFuture(answer) : reply;
        }

        private synchronized void note(PromptKey key) {
            asked.add(key.digest());
        }

        synchronized int asked(PromptKey key) {
            return (int) asked.stream().filter(key.digest()::equals).count();
        }

        void open() {
            opened.countDown();
        }

        void close() {
            opened = new CountDownLatch(1);
        }
    }
}
