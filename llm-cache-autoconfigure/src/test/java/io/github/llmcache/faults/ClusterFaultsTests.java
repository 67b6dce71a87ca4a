package io.github.llmcache.faults;

import static org.awaitility.Awaitility.await;

import io.github.llmcache.testing.RealCluster;
import io.github.llmcache.testing.RealRedis;
import io.lettuce.core.MigrateArgs;
import io.lettuce.core.cluster.SlotHash;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Slots that move and masters that are lost in a cluster of six, under load. */
@Tag("faults")
class ClusterFaultsTests {

    /** The slots of the first master at the beginning. */
    private static final int FIRST_SLOTS = 16384 / 3;

    @Test
    void a_slot_that_moves_to_another_master() {
        try (RealCluster cluster = RealCluster.startWithReplicas()) {
            play(cluster, cluster.nodes().subList(0, 3), stage -> {
                RealRedis from = cluster.nodes().get(0);
                RealRedis to = cluster.nodes().get(1);
                int moved = 0;
                for (String key : from.answers()) {
                    move(SlotHash.getSlot(key), from, to, cluster);
                    if (++moved == 10) {
                        break;
                    }
                }
                Timeline.Watch watch = stage.load().timeline().watch(key -> true);
                stage.load().goOn(Duration.ofSeconds(2));
                stage.recovers("cluster: ten slots moved", watch);
            });
        }
    }

    @Test
    void a_master_that_is_killed() {
        try (RealCluster cluster = RealCluster.startWithReplicas()) {
            play(
                    cluster,
                    List.of(
                            cluster.nodes().get(1),
                            cluster.nodes().get(2),
                            cluster.nodes().get(3)),
                    stage -> {
                        settle(stage, cluster);

                        cluster.nodes().get(0).kill();
                        awaitPromoted(cluster.nodes().get(3));
                        stage.recovers("cluster: master killed, replica promoted", watch(stage));
                        stage.news().rest(false);
                    });
        }
    }

    /** Nothing ends the connections to a server that is only silent. */
    @Test
    void a_master_that_freezes_for_good() {
        try (RealCluster cluster = RealCluster.startWithReplicas()) {
            play(
                    cluster,
                    List.of(
                            cluster.nodes().get(1),
                            cluster.nodes().get(2),
                            cluster.nodes().get(3)),
                    stage -> {
                        settle(stage, cluster);

                        cluster.nodes().get(0).pause();
                        awaitPromoted(cluster.nodes().get(3));
                        stage.recovers("cluster: master frozen, replica promoted", watch(stage));
                        stage.news().rest(false);
                        stage.load().goOn(Duration.ofSeconds(1));
                        cluster.nodes().get(0).resume();
                        stage.load().goOn(Duration.ofSeconds(2));
                        stage.recovers("cluster: frozen master thawed", watch(stage));
                    });
        }
    }

    /** The answers that the lost master had are what is waited for: the others never went away. */
    private static Timeline.Watch watch(Stage stage) {
        return stage.load().timeline().watch(key -> SlotHash.getSlot(key) < FIRST_SLOTS);
    }

    private static void settle(Stage stage, RealCluster cluster) {
        // Redis tells its replicas later: an eviction of the last milliseconds could be lost with the master.
        stage.news().rest(true);
        stage.load().goOn(Duration.ofMillis(300));
        RealRedis first = cluster.nodes().get(0);
        await().until(() -> first.commands().waitForReplication(1, 1000) == 1);
    }

    private static void awaitPromoted(RealRedis replica) {
        await().atMost(Duration.ofSeconds(30))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> replica.commands().role().get(0).equals("master")
                        && replica.commands().clusterInfo().contains("cluster_state:ok"));
    }

    /** As {@code redis-cli --cluster reshard} does it: keys go one after another, and are asked for meanwhile. */
    private static void move(int slot, RealRedis from, RealRedis to, RealCluster cluster) {
        String target = to.commands().clusterMyId();
        String source = from.commands().clusterMyId();
        to.commands().clusterSetSlotImporting(slot, source);
        from.commands().clusterSetSlotMigrating(slot, target);
        for (List<String> keys = from.commands().clusterGetKeysInSlot(slot, 10);
                !keys.isEmpty();
                keys = from.commands().clusterGetKeysInSlot(slot, 10)) {
            for (String key : keys) {
                from.commands()
                        .migrate(
                                "127.0.0.1",
                                to.port(),
                                0,
                                5000,
                                MigrateArgs.Builder.<String>keys(key).replace());
            }
        }
        for (RealRedis node : cluster.nodes().subList(0, 3)) {
            node.commands().clusterSetSlotNode(slot, target);
        }
    }

    private static void play(RealCluster cluster, List<RealRedis> masters, Stage.Fault fault) {
        ApplicationContextRunner application =
                Stage.application(cluster.nodes().get(0)).withPropertyValues(cluster.property());
        Stage.play(application, application, masters, fault);
    }
}
