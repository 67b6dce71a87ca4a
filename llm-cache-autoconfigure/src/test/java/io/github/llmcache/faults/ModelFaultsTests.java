package io.github.llmcache.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.testing.RealRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Models that fail or hang, and callers that leave, under load. */
@Tag("faults")
class ModelFaultsTests {

    private static final int CALLERS = 8;
    private static final Duration SOON = Duration.ofSeconds(20);

    private final RealRedis redis = RealRedis.shared();
    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final Queue<Object> wrong = new ConcurrentLinkedQueue<>();

    @Test
    void a_model_that_fails_half_of_the_time() {
        run(application(), model -> {
            model.behaves(prompt -> {
                Thread.sleep(1);
                if (ThreadLocalRandom.current().nextBoolean()) {
                    throw new ModelException();
                }
                return OracleModel.answerTo("delta", "", prompt);
            });
            askFor(Duration.ofSeconds(4), () -> {
                String prompt = "question " + ThreadLocalRandom.current().nextInt(2000);
                try {
                    right("delta", prompt, model.ask(prompt));
                } catch (ModelException ex) {
                    failed.incrementAndGet();
                }
            });
            assertThat(failed).as("failures of the model that reached callers").hasPositiveValue();
            assertThat(model.calls()).isLessThanOrEqualTo(asked.get());
        });
    }

    @Test
    void a_model_that_hangs_and_answers_in_the_end() {
        run(application().withPropertyValues("llm-cache.single-flight.max-wait=300ms"), model -> {
            CountDownLatch let = new CountDownLatch(1);
            model.behaves(prompt -> {
                let.await();
                return OracleModel.answerTo("delta", "", prompt);
            });
            List<CompletableFuture<String>> callers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                CompletableFuture<String> answer = new CompletableFuture<>();
                start(() -> answer.complete(model.ask("hangs")));
                callers.add(answer);
            }
            // One after another loses patience; none is asked for twice.
            await().atMost(SOON).until(() -> model.calls() >= 3);
            let.countDown();
            for (CompletableFuture<String> answer : callers) {
                right("delta", "hangs", answer.get(20, TimeUnit.SECONDS));
            }
            assertThat(model.calls()).isLessThanOrEqualTo(CALLERS);
            right("delta", "hangs", model.ask("hangs"));
        });
    }

    @Test
    void a_model_that_answers_when_all_who_waited_have_left() {
        run(application(), model -> {
            List<CompletableFuture<String>> answers = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                answers.add(new CompletableFuture<>());
            }
            model.behavesLater(prompt -> answers.get(Integer.parseInt(prompt.split(" ")[1])));
            for (int i = 0; i < 50; i++) {
                String prompt = "abandoned " + i;
                List<CompletableFuture<String>> callers = new ArrayList<>();
                for (int j = 0; j < 3; j++) {
                    callers.add(model.later(prompt));
                }
                long before = i;
                await().atMost(SOON).pollInterval(Duration.ofMillis(1)).until(() -> model.calls() > before);
                callers.forEach(caller -> caller.cancel(true));
                answers.get(i).complete(OracleModel.answerTo("epsilon", "", prompt));
                assertThat(callers).allMatch(CompletableFuture::isCancelled);
            }
            assertThat(model.calls()).isLessThanOrEqualTo(150);
            awaitNoLeases();
            model.behavesLater(
                    prompt -> CompletableFuture.completedFuture(OracleModel.answerTo("epsilon", "", prompt)));
            for (int i = 0; i < 50; i++) {
                right("epsilon", "abandoned " + i, model.later("abandoned " + i).get(20, TimeUnit.SECONDS));
            }
        });
    }

    @Test
    void callers_that_are_interrupted() {
        run(application(), model -> {
            model.behaves(prompt -> {
                String answer = OracleModel.answerTo("delta", "", prompt);
                try {
                    Thread.sleep(2);
                    return answer;
                } catch (InterruptedException ex) {
                    if (prompt.hashCode() % 2 == 0) {
                        throw ex;
                    }
                    // As many clients do it that read a stream: what there is by then, and the flag.
                    Thread.currentThread().interrupt();
                    return answer.substring(0, answer.length() / 2);
                }
            });
            AtomicBoolean over = new AtomicBoolean();
            AtomicInteger interrupted = new AtomicInteger();
            List<Thread> callers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                callers.add(start(() -> {
                    while (!over.get()) {
                        String prompt =
                                "interrupted " + ThreadLocalRandom.current().nextInt(500);
                        try {
                            String answer = model.ask(prompt);
                            // Half an answer is for the one alone who was interrupted.
                            if (!Thread.currentThread().isInterrupted()) {
                                right("delta", prompt, answer);
                            }
                        } catch (InterruptedException ex) {
                            // The model's own: it slept.
                            interrupted.incrementAndGet();
                        }
                        asked.incrementAndGet();
                        Thread.interrupted();
                    }
                }));
            }
            long until = System.nanoTime() + Duration.ofSeconds(4).toNanos();
            while (System.nanoTime() - until < 0) {
                callers.get(ThreadLocalRandom.current().nextInt(CALLERS)).interrupt();
                Thread.sleep(1);
            }
            over.set(true);
            join(callers);
            assertThat(interrupted).hasPositiveValue();
            assertThat(model.calls()).isLessThanOrEqualTo(asked.get());
        });
    }

    @Test
    void callers_that_cancel() {
        run(application(), model -> {
            model.behavesLater(prompt -> new CompletableFuture<String>()
                    .completeOnTimeout(OracleModel.answerTo("epsilon", "", prompt), 3, TimeUnit.MILLISECONDS));
            askFor(Duration.ofSeconds(4), () -> {
                ThreadLocalRandom random = ThreadLocalRandom.current();
                String prompt = "cancelled " + random.nextInt(500);
                CompletableFuture<String> answer = model.later(prompt);
                if (random.nextInt(3) == 0) {
                    answer.cancel(true);
                    failed.incrementAndGet();
                }
                try {
                    right("epsilon", prompt, answer.get(20, TimeUnit.SECONDS));
                } catch (CancellationException ex) {
                    assertThat(answer).isCancelled();
                }
            });
            assertThat(failed).hasPositiveValue();
            assertThat(model.calls()).isLessThanOrEqualTo(asked.get());
        });
    }

    private ApplicationContextRunner application() {
        return Stage.application(redis)
                .withBean(Versions.class)
                .withBean("oracleModel", OracleModel.class)
                .withPropertyValues("llm-cache.redis.timeout=2s");
    }

    private interface Part {

        void play(OracleModel model) throws Exception;
    }

    /** Plays, and looks at what is left: right answers, a cache that answers, no lease that nobody holds. */
    private void run(ApplicationContextRunner application, Part part) {
        application.run(context -> {
            OracleModel model = context.getBean(OracleModel.class);
            part.play(model);

            assertThat(wrong).isEmpty();
            awaitNoLeases();
            model.behaves(prompt -> OracleModel.answerTo("delta", "", prompt));
            PromptCallObserver observer = context.getBean(PromptCallObserver.class);
            await().atMost(SOON)
                    .until(() -> observer.observe(() -> model.ask("afterwards"))
                                    .outcome()
                                    .orElseThrow()
                            == CacheOutcome.HIT);
            assertThat(KeptAnswers.check(redis, new Versions())).isPositive();
        });
    }

    private void awaitNoLeases() {
        await().atMost(SOON).untilAsserted(() -> assertThat(redis.commands().keys("llm-cache:lease:*"))
                .isEmpty());
    }

    private interface Call {

        void make() throws Exception;
    }

    private void askFor(Duration time, Call call) throws Exception {
        long until = System.nanoTime() + time.toNanos();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            callers.add(start(() -> {
                while (System.nanoTime() - until < 0) {
                    call.make();
                    asked.incrementAndGet();
                }
            }));
        }
        join(callers);
    }

    private Thread start(Call call) {
        Thread caller = new Thread(
                () -> {
                    try {
                        call.make();
                    } catch (Throwable failure) {
                        wrong.add(failure);
                    }
                },
                "caller");
        caller.setDaemon(true);
        caller.start();
        return caller;
    }

    private static void join(List<Thread> callers) throws InterruptedException {
        for (Thread caller : callers) {
            caller.join(30_000);
            assertThat(caller.isAlive()).as("a caller hangs").isFalse();
        }
    }

    private void right(String model, String prompt, String answer) {
        if (!OracleModel.answerTo(model, "", prompt).equals(answer)) {
            wrong.add("instead of the answer to " + prompt + ": " + answer);
        }
    }

    private static final class ModelException extends RuntimeException {

        ModelException() {
            super("the model is overloaded");
        }
    }
}
