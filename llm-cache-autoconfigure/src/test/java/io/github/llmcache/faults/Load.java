package io.github.llmcache.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.engine.ObservedCall;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.event.CacheOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.context.ApplicationContext;

/** Callers that ask without pause, and look at every answer. */
final class Load {

    static final int CALLERS = 4;
    static final List<String> SCOPES = List.of("ada", "ben", "eve");
    static final int PROMPTS = 20;

    /** Nothing that was evicted is served for longer, as is documented. */
    static final Duration SETTLING = Duration.ofMillis(1500);

    /** Some timeouts and a model; the rest is for busy machines. Who waits for a lease that nobody holds waits longer. */
    private static final Duration LONGEST_CALL = Duration.ofSeconds(10);

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** How long nothing may fail before a cache counts as working. */
    private static final Duration QUIET = Duration.ofMillis(700);

    private static final Duration BUSY = Duration.ofSeconds(15);

    private final OracleModel model;
    private final PromptCallObserver observer;
    private final Versions versions;
    private final Timeline timeline;
    private final List<Thread> callers = new ArrayList<>();
    private final Queue<Object> wrong = new ConcurrentLinkedQueue<>();
    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong hits = new AtomicLong();
    private final AtomicLong longest = new AtomicLong();
    private volatile boolean over;

    Load(ApplicationContext context) {
        this.model = context.getBean(OracleModel.class);
        this.observer = context.getBean(PromptCallObserver.class);
        this.versions = context.getBean(Versions.class);
        this.timeline = context.getBean(Timeline.class);
    }

    /** Starts the callers. */
    Load start() {
        for (int i = 0; i < CALLERS; i++) {
            Thread caller = new Thread(this::ask, "caller-" + i);
            caller.setDaemon(true);
            callers.add(caller);
        }
        callers.forEach(Thread::start);
        return this;
    }

    Timeline timeline() {
        return timeline;
    }

    long asked() {
        return asked.get();
    }

    /** The calls that the cache answered. */
    long hits() {
        return hits.get();
    }

    /** Waits until so many more calls have ended. */
    void awaitMore(int calls) {
        long before = asked.get();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> asked.get() >= before + calls);
    }

    /** Goes on for a while. */
    void goOn(Duration time) {
        long until = System.nanoTime() + time.toNanos();
        await().atMost(time.plus(PATIENCE))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> System.nanoTime() - until >= 0);
    }

    Recovery awaitHits(Timeline.Watch watch) {
        return awaitHits(watch, true);
    }

    /**
     * Waits until the cache works, which it does since nothing of it has failed any more and Redis has answered.
     *
     * @param watch made when the server answered
     * @param near whether answers are to come from memory, too
     */
    Recovery awaitHits(Timeline.Watch watch, boolean near) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> watch.firstRedis.get() != 0 && (!near || watch.firstNear.get() != 0) && isQuiet(watch));
        long lastFailure = Math.max(0, timeline.lastFailure() - watch.since);
        long firstRedis = watch.firstRedis.get() - watch.since;
        return new Recovery(
                Duration.ofNanos(firstRedis),
                Duration.ofNanos(Math.max(firstRedis, lastFailure)),
                near ? Duration.ofNanos(watch.firstNear.get() - watch.since) : Duration.ZERO);
    }

    /** On a busy machine a look-up may be late at any time, so quiet is not waited for for ever. */
    private boolean isQuiet(Timeline.Watch watch) {
        long now = System.nanoTime();
        return now - timeline.lastFailure() > QUIET.toNanos() || now - watch.since > BUSY.toNanos();
    }

    /** Ends the callers, none of whom may hang or have got anything but right answers. */
    void stop() throws InterruptedException {
        over = true;
        for (Thread caller : callers) {
            caller.join(PATIENCE.toMillis());
            assertThat(caller.isAlive()).as("%s hangs", caller.getName()).isFalse();
        }
        assertThat(wrong).isEmpty();
        assertThat(longestCall()).as("the longest call").isLessThan(LONGEST_CALL);
        assertThat(model.calls()).isLessThanOrEqualTo(asked.get());
        assertThat(model.mostRunning()).isLessThanOrEqualTo(CALLERS);
        assertThat(model.mostRunningOfOne())
                .as("calls of the model for the same at a time")
                .isEqualTo(1);
    }

    Duration longestCall() {
        return Duration.ofNanos(longest.get());
    }

    private void ask() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        while (!over) {
            try {
                if (random.nextInt(10) == 0) {
                    askNews(Versions.TOPICS.get(random.nextInt(Versions.TOPICS.size())));
                } else {
                    askFixed(
                            random.nextBoolean(),
                            SCOPES.get(random.nextInt(SCOPES.size())),
                            "question " + random.nextInt(PROMPTS));
                }
            } catch (Throwable failure) {
                wrong.add(failure);
            }
            asked.incrementAndGet();
        }
    }

    private void askFixed(boolean alpha, String scope, String prompt) throws Exception {
        ObservedCall<String> call = observed(() -> alpha ? model.alpha(scope, prompt) : model.beta(scope, prompt));
        String right = OracleModel.answerTo(alpha ? "alpha" : "beta", scope, prompt);
        if (!right.equals(call.value())) {
            wrong.add("instead of " + right + ": " + call.value());
        }
    }

    private void askNews(String topic) throws Exception {
        long began = System.nanoTime();
        String answer = observed(() -> model.news(topic)).value();
        String[] parts = String.valueOf(answer).split("\\|", 3);
        int version = parts.length == 3 ? Integer.parseInt(parts[1]) : -1;
        if (!OracleModel.newsOf(topic, version).equals(answer)) {
            wrong.add("news of " + topic + ": " + answer);
            return;
        }
        long evictedFor = versions.seen(topic, version, began);
        if (evictedFor > SETTLING.toNanos()) {
            wrong.add("news of " + topic + " that were evicted " + evictedFor / 1_000_000 + " ms before");
        }
    }

    private ObservedCall<String> observed(Callable<String> question) throws Exception {
        long began = System.nanoTime();
        ObservedCall<String> call = observer.observe(question);
        long ended = System.nanoTime();
        longest.accumulateAndGet(ended - began, Math::max);
        call.last().ifPresent(event -> {
            if (event.outcome() == CacheOutcome.HIT) {
                hits.incrementAndGet();
            }
            timeline.ended(event, began, ended);
        });
        return call;
    }
}
