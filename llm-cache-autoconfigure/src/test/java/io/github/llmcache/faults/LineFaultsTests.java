package io.github.llmcache.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A server that is well, at the end of a line that is not, under load. The instance that evicts has a good line. */
@Tag("faults")
class LineFaultsTests {

    @Test
    void answers_that_come_later_than_the_timeout() {
        play((stage, line) -> {
            line.delay(Duration.ofMillis(400));
            stage.load().goOn(Duration.ofSeconds(4));
            line.delay(Duration.ZERO);
            stage.recovers("line: answers 400 ms late for 4 s");
        });
    }

    @Test
    void answers_that_are_late_but_in_time() {
        play((stage, line) -> {
            line.delay(Duration.ofMillis(20));
            stage.load().goOn(Duration.ofSeconds(3));
            line.delay(Duration.ZERO);
            stage.recovers("line: answers 20 ms late for 3 s");
        });
    }

    @Test
    void lines_that_are_cut_in_the_midst_of_answers() {
        play((stage, line) -> {
            for (int i = 0; i < 20; i++) {
                line.cutAfter(ThreadLocalRandom.current().nextInt(3000));
                stage.load().goOn(Duration.ofMillis(100));
            }
            line.cut();
            stage.recovers("line: cut in the midst of answers, twenty times");
        });
    }

    @Test
    void lines_that_are_closed_in_one_direction() {
        play((stage, line) -> {
            for (int i = 0; i < 5; i++) {
                line.halfClose();
                stage.load().goOn(Duration.ofMillis(300));
            }
            line.halfClose();
            stage.recovers("line: closed in one direction, five times");
        });
    }

    @Test
    void a_line_that_refuses_for_a_while() {
        play((stage, line) -> {
            line.refuse(true);
            // Long enough that a client which waits ever longer between attempts would be seen to.
            stage.load().goOn(Duration.ofSeconds(12));
            line.refuse(false);
            stage.recovers("line: every connection closed at once for 12 s");
        });
    }

    /** What was swallowed is never answered: only a client that gives the line up comes back. */
    @Test
    void a_line_that_swallows_everything() {
        play((stage, line) -> {
            line.silence(true);
            stage.load().goOn(Duration.ofSeconds(5));
            line.silence(false);
            stage.recovers("line: silent for 5 s");
        });
    }

    /** Nothing is ever sent on the line on which a JVM hears of the ends of leases, so nothing tells that it is dead. */
    @Test
    void who_waits_for_another_jvm_after_a_silence_is_told_when_that_has_its_answer() {
        play((stage, line) -> {
            line.silence(true);
            stage.load().goOn(Duration.ofSeconds(1));
            line.silence(false);
            stage.recovers("line: silent for 1 s");
            CountDownLatch let = new CountDownLatch(1);
            OracleModel elsewhere = stage.other().getBean(OracleModel.class);
            elsewhere.behaves(prompt -> {
                let.await();
                return OracleModel.answerTo("delta", "", prompt);
            });
            CompletableFuture<String> holding = asked(elsewhere);
            await().until(() -> elsewhere.calls() == 1);
            CompletableFuture<String> waiting = asked(stage.model());
            await().during(Duration.ofSeconds(2)).atMost(Duration.ofSeconds(20)).until(() -> !waiting.isDone());

            long answered = System.nanoTime();
            let.countDown();

            assertThat(waiting.get(20, TimeUnit.SECONDS)).isEqualTo(holding.get(20, TimeUnit.SECONDS));
            Duration told = Duration.ofNanos(System.nanoTime() - answered);
            Figures.take("line: after a silence, told of an answer of another JVM after " + told.toMillis() + " ms");
            assertThat(told).isLessThan(Duration.ofSeconds(1));
        });
    }

    private static CompletableFuture<String> asked(OracleModel model) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                answer.complete(model.ask("who waits?"));
            } catch (Throwable failure) {
                answer.completeExceptionally(failure);
            }
        });
        caller.setDaemon(true);
        caller.start();
        return answer;
    }

    private interface LineFault {

        void strike(Stage stage, TcpProxy line) throws Exception;
    }

    private static void play(LineFault fault) {
        try (RealRedis redis = RealRedis.start();
                TcpProxy line = TcpProxy.before(redis.port())) {
            Stage.play(
                    Stage.application(redis).withPropertyValues(line.properties()),
                    Stage.application(redis),
                    List.of(redis),
                    stage -> fault.strike(stage, line));
        }
    }
}
