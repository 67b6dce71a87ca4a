package io.github.llmcache.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.testing.RealRedis;
import io.lettuce.core.KillArgs;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** One server that dies, freezes, fills up, is emptied, or ends connections, under load. */
@Tag("faults")
class ServerFaultsTests {

    @Test
    void a_server_that_is_killed_and_started_again() {
        try (RealRedis redis = RealRedis.start()) {
            Stage.play(redis, stage -> {
                redis.kill();
                stage.load().goOn(Duration.ofSeconds(3));
                redis.launch();
                stage.recovers("killed for 3 s, and started again");
            });
        }
    }

    @Test
    void a_server_that_is_paused_for_ten_seconds() {
        try (RealRedis redis = RealRedis.start()) {
            Stage.play(redis, stage -> {
                redis.pause();
                stage.load().goOn(Duration.ofSeconds(10));
                redis.resume();
                stage.recovers("paused for 10 s");
            });
        }
    }

    @Test
    void an_eviction_that_failed_while_the_server_was_paused() {
        try (RealRedis redis = RealRedis.start()) {
            Stage.play(redis, stage -> {
                stage.news().rest(true);
                stage.load().goOn(Duration.ofMillis(300));
                redis.pause();
                Versions.TOPICS.forEach(stage.versions()::change);
                stage.model().publish();
                stage.load().goOn(Duration.ofSeconds(8));

                redis.resume();
                long resumed = System.nanoTime();

                await().atMost(Duration.ofSeconds(20))
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> Versions.TOPICS.stream().allMatch(stage::isCurrent));
                Duration after = Duration.ofNanos(System.nanoTime() - resumed);
                Figures.take(
                        "eviction that failed while the server was paused: done after " + after.toMillis() + " ms");
                assertThat(after).isLessThan(Duration.ofSeconds(3));
            });
        }
    }

    @Test
    void every_connection_is_killed_again_and_again() {
        try (RealRedis redis = RealRedis.start()) {
            Stage.play(redis, stage -> {
                for (int i = 0; i < 10; i++) {
                    redis.commands().clientKill(KillArgs.Builder.skipme());
                    stage.load().goOn(Duration.ofMillis(200));
                }
                redis.commands().clientKill(KillArgs.Builder.skipme());
                stage.recovers("every connection killed, ten times");
            });
        }
    }

    @Test
    void a_server_that_refuses_connections_when_the_application_starts() throws Exception {
        try (RealRedis redis = RealRedis.notStarted()) {
            Stage.playWithoutServer(redis, stage -> {
                stage.load().goOn(Duration.ofSeconds(4));
                redis.launch();
                stage.recovers("not there for 4 s from the start");
            });
        }
    }

    @Test
    void a_server_that_is_emptied_again_and_again() {
        try (RealRedis redis = RealRedis.start()) {
            Stage.play(redis, stage -> {
                for (int i = 0; i < 20; i++) {
                    redis.commands().flushall();
                    stage.load().goOn(Duration.ofMillis(100));
                }
                redis.commands().flushall();
                stage.recovers("emptied, twenty times");
            });
        }
    }

    @Test
    void a_server_that_is_full_and_evicts_nothing() {
        try (RealRedis redis = RealRedis.start("--maxmemory-policy", "noeviction")) {
            Stage.play(redis, stage -> {
                // A limit that is passed already: all writes fail, deletions and reads do not.
                redis.commands().configSet("maxmemory", "1");
                stage.load().goOn(Duration.ofSeconds(3));
                long before = stage.load().hits();
                stage.load().awaitMore(500);
                assertThat(stage.load().hits()).as("hits while it is full").isGreaterThan(before);
                assertThat(stage.load().timeline().failures().keySet())
                        .anyMatch(failure -> failure.endsWith("OUT_OF_MEMORY"));
                redis.commands().configSet("maxmemory", "0");
                stage.recovers("full (noeviction) for 3 s");
            });
        }
    }

    @Test
    void values_that_are_damaged_or_of_another_type() {
        try (RealRedis redis = RealRedis.start()) {
            Stage.play(redis, stage -> {
                Damage damage = new Damage(redis);
                for (int i = 0; i < 300; i++) {
                    damage.one();
                    stage.load().goOn(Duration.ofMillis(5));
                }
                Timeline.Watch watch = stage.load().timeline().watch(key -> true);
                stage.recovers("300 values damaged", watch);
                // What is asked for again is overwritten, whatever it has become.
                await().atMost(Duration.ofSeconds(20))
                        .ignoreExceptions()
                        .untilAsserted(() -> KeptAnswers.check(redis, stage.versions()));
                assertThat(stage.load().timeline().failures().keySet())
                        .contains("LOOKUP WRONG_TYPE", "LOOKUP UNREADABLE");
            });
        }
    }

    /** Answers that are there are served, new ones are not kept, and nothing is evicted, until somebody deletes the keys. */
    @Test
    void bookkeeping_that_is_of_another_type() {
        try (RealRedis redis = RealRedis.start()) {
            Stage.play(redis, stage -> {
                Damage damage = new Damage(redis);
                damage.bookkeeping();
                stage.load().goOn(Duration.ofSeconds(1));
                long before = stage.load().hits();
                stage.load().awaitMore(500);
                assertThat(stage.load().hits()).as("hits meanwhile").isGreaterThan(before);
                // No eviction works, so nothing may be missing by now that a lease would be taken for.
                redis.answers().forEach(key -> redis.commands().del(key));
                await().atMost(Duration.ofSeconds(20))
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> stage.load().timeline().failures().keySet().contains("LEASE WRONG_TYPE"));
                damage.repairBookkeeping();
                stage.recovers("leases, indexes and counters of another type, then deleted");
            });
        }
    }

    @Test
    void with_jedis_a_server_that_freezes_and_dies() {
        try (RealRedis redis = RealRedis.start()) {
            ApplicationContextRunner jedis =
                    Stage.application(redis).withPropertyValues("spring.data.redis.client-type=jedis");
            Stage.play(jedis, Stage.application(redis), List.of(redis), stage -> {
                redis.pause();
                stage.load().goOn(Duration.ofSeconds(4));
                redis.resume();
                stage.recovers("Jedis: paused for 4 s");
                redis.kill();
                stage.load().goOn(Duration.ofSeconds(3));
                redis.launch();
                stage.recovers("Jedis: killed for 3 s, and started again");
            });
        }
    }
}
