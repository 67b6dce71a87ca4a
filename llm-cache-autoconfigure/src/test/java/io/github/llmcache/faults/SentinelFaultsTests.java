package io.github.llmcache.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.operations.PromptCacheOperations;
import io.github.llmcache.testing.RealSentinel;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** A master that is lost, and its replica that Sentinel promotes, under load. */
@Tag("faults")
class SentinelFaultsTests {

    @Test
    void a_master_that_is_killed_and_comes_back_as_a_replica() {
        try (RealSentinel servers = RealSentinel.start()) {
            play(servers, stage -> {
                settle(stage, servers);

                servers.master().kill();
                servers.awaitPromoted();
                stage.recovers("Sentinel: master killed, replica promoted");

                stage.news().rest(false);
                servers.master().launch();
                stage.load().goOn(Duration.ofSeconds(1));
                stage.recovers("Sentinel: old master back as a replica");
            });
        }
    }

    /** Nothing ends the connections to a server that is only silent. */
    @Test
    void a_master_that_freezes_for_good() {
        try (RealSentinel servers = RealSentinel.start()) {
            play(servers, stage -> {
                settle(stage, servers);

                servers.master().pause();
                servers.awaitPromoted();
                stage.recovers("Sentinel: master frozen, replica promoted");

                stage.news().rest(false);
                stage.load().goOn(Duration.ofSeconds(1));
                // It takes itself for the master until Sentinel tells it otherwise.
                servers.master().resume();
                stage.load().goOn(Duration.ofSeconds(3));
                stage.recovers("Sentinel: frozen master thawed");
            });
        }
    }

    /** Nobody asked anything while its master froze, so nobody saw it. */
    @Test
    void a_master_that_was_replaced_while_it_was_frozen_is_not_believed_when_it_thaws() {
        try (RealSentinel servers = RealSentinel.start()) {
            Versions versions = new Versions();
            ApplicationContextRunner application =
                    Stage.application(servers.master()).withPropertyValues(servers.properties());
            Stage.prepared(application, versions)
                    .run(idle -> Stage.prepared(application, versions).run(editor -> {
                        OracleModel model = idle.getBean(OracleModel.class);
                        PromptCallObserver observer = idle.getBean(PromptCallObserver.class);
                        await().until(() -> observer.observe(() -> model.news("weather"))
                                .last()
                                .filter(call -> "near".equals(call.tier()))
                                .isPresent());
                        servers.awaitReplicated();

                        servers.master().pause();
                        servers.awaitPromoted();
                        versions.change("weather");
                        OracleModel edited = editor.getBean(OracleModel.class);
                        PromptCacheOperations operations = editor.getBean(PromptCacheOperations.class);
                        await().atMost(Duration.ofSeconds(20))
                                .ignoreExceptions()
                                .until(() -> operations.evict(() -> edited.news("weather")));
                        versions.evicted("weather");
                        await().pollDelay(Load.SETTLING).until(() -> true);
                        servers.master().resume();

                        long until = System.nanoTime() + Duration.ofSeconds(4).toNanos();
                        while (System.nanoTime() - until < 0) {
                            String answer = model.news("weather");
                            assertThat(answer).isEqualTo(OracleModel.newsOf("weather", 1));
                            Thread.sleep(1);
                        }
                    }));
        }
    }

    private static void settle(Stage stage, RealSentinel servers) {
        // Redis tells its replicas later: an eviction of the last milliseconds could be lost with the master.
        stage.news().rest(true);
        stage.load().goOn(Duration.ofMillis(300));
        servers.awaitReplicated();
    }

    private static void play(RealSentinel servers, Stage.Fault fault) {
        ApplicationContextRunner application =
                Stage.application(servers.master()).withPropertyValues(servers.properties());
        Stage.play(application, application, List.of(servers.replica()), fault);
    }
}
