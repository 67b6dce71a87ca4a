package io.github.llmcache.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.testing.OwnThread;
import io.github.llmcache.testing.RealRedis;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** A JVM that dies while it has the turn to ask the model, under load. */
@Tag("faults")
class HolderFaultsTests {

    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final int WAITING = 3;

    @Test
    void the_jvm_that_asks_the_model_is_killed() {
        try (RealRedis redis = RealRedis.start()) {
            ApplicationContextRunner application = Stage.application(redis)
                    .withPropertyValues("llm-cache.single-flight.lease=" + LEASE.toMillis() + "ms");
            Stage.play(application, application, List.of(redis), stage -> {
                Process holder = holder(redis);
                try {
                    awaitAsked(holder);
                    List<CompletableFuture<String>> waiting = waiting(stage.model());
                    long before = stage.model().calls();
                    await().during(Duration.ofSeconds(1))
                            .until(() -> waiting.stream().noneMatch(CompletableFuture::isDone));

                    holder.destroyForcibly().waitFor();
                    Timeline.Watch watch = stage.load().timeline().watch(key -> true);
                    long killed = System.nanoTime();

                    for (int i = 0; i < waiting.size(); i++) {
                        assertThat(waiting.get(i).get(20, TimeUnit.SECONDS))
                                .isEqualTo(OracleModel.answerTo("delta", "", LeaseHolder.question(i / WAITING)));
                    }
                    Duration freed = Duration.ofNanos(System.nanoTime() - killed);
                    Figures.take("lease holder killed, freed after " + freed.toMillis() + " ms of a lease of 2 s");
                    assertThat(freed).isLessThan(LEASE.plusSeconds(2));
                    // The load asks nothing new of the models: all that it asks is kept, but for the news.
                    assertThat(stage.model().calls() - before).isLessThanOrEqualTo(2L * LeaseHolder.QUESTIONS);
                    stage.recovers("lease holder killed", watch);
                } finally {
                    holder.destroyForcibly();
                }
            });
        }
    }

    private static Process holder(RealRedis redis) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                LeaseHolder.class.getName()));
        for (String property : redis.properties()) {
            command.add("--" + property);
        }
        command.add("--llm-cache.single-flight.lease=" + LEASE.toMillis() + "ms");
        command.add("--llm-cache.redis.timeout=5s");
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.to(new File("target/lease-holder.log")))
                .start();
    }

    private static void awaitAsked(Process holder) throws IOException {
        BufferedReader output = holder.inputReader();
        int asked = 0;
        while (asked < LeaseHolder.QUESTIONS) {
            String line = output.readLine();
            assertThat(line).as("what the other JVM says").isNotNull();
            if (line.equals(LeaseHolder.ASKED)) {
                asked++;
            }
        }
        OwnThread.run(() -> output.lines().forEach(line -> {}));
    }

    private static List<CompletableFuture<String>> waiting(OracleModel model) {
        List<CompletableFuture<String>> waiting = new ArrayList<>();
        for (int i = 0; i < LeaseHolder.QUESTIONS * WAITING; i++) {
            String question = LeaseHolder.question(i / WAITING);
            CompletableFuture<String> answer = new CompletableFuture<>();
            Thread caller = new Thread(() -> {
                try {
                    answer.complete(model.ask(question));
                } catch (Throwable failure) {
                    answer.completeExceptionally(failure);
                }
            });
            caller.setDaemon(true);
            caller.start();
            waiting.add(answer);
        }
        return waiting;
    }
}
