package io.github.llmcache.testing;

import static org.awaitility.Awaitility.await;

import io.lettuce.core.Range;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A real Redis Cluster of three masters, each with a replica or none, on free ports of the loopback interface. */
public final class RealCluster implements AutoCloseable {

    private static final int SLOTS = 16384;
    private static final int MASTERS = 3;

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<RealRedis> nodes;

    private RealCluster(List<RealRedis> nodes) {
        this.nodes = nodes;
    }

    /** Starts three masters and waits until each of them knows that all slots are served. */
    public static RealCluster start() {
        return start(MASTERS);
    }

    /** Starts three masters with a replica each, which takes its master's place a second after that is lost. */
    public static RealCluster startWithReplicas() {
        return start(
                2 * MASTERS,
                "--cluster-node-timeout",
                "1000",
                "--cluster-replica-validity-factor",
                "0",
                "--repl-diskless-sync-delay",
                "0");
    }

    private static RealCluster start(int size, String... options) {
        int[] busPorts = IntStream.range(0, size).map(node -> freePort()).toArray();
        RealCluster cluster = new RealCluster(Arrays.stream(busPorts)
                .mapToObj(busPort -> RealRedis.start(Stream.concat(
                                Stream.of(
                                        "--cluster-enabled", "yes",
                                        "--cluster-config-file", "nodes.conf",
                                        "--cluster-port", Integer.toString(busPort)),
                                Arrays.stream(options))
                        .toArray(String[]::new)))
                .toList());
        try {
            cluster.join(busPorts);
            return cluster;
        } catch (RuntimeException ex) {
            cluster.close();
            throw ex;
        }
    }

    /** The nodes: the three that began as masters, then the replica of each where there are any. */
    public List<RealRedis> nodes() {
        return nodes;
    }

    /** The property by which an application finds the cluster. */
    public String property() {
        return "spring.data.redis.cluster.nodes="
                + nodes.stream().map(node -> "127.0.0.1:" + node.port()).collect(Collectors.joining(","));
    }

    @Override
    public void close() {
        nodes.forEach(RealRedis::close);
    }

    private void join(int[] busPorts) {
        RealRedis first = nodes.get(0);
        for (int i = 0; i < nodes.size(); i++) {
            if (i < MASTERS) {
                int from = SLOTS * i / MASTERS;
                int to = SLOTS * (i + 1) / MASTERS - 1;
                nodes.get(i).commands().clusterAddSlotsRange(Range.create(from, to));
            }
            // Nodes of one epoch could not agree on whose slots are whose.
            nodes.get(i).commands().clusterSetConfigEpoch(i + 1L);
            if (i > 0) {
                first.commands()
                        .dispatch(
                                CommandType.CLUSTER,
                                new StatusOutput<>(StringCodec.UTF8),
                                new CommandArgs<>(StringCodec.UTF8)
                                        .add("MEET")
                                        .add("127.0.0.1")
                                        .add(nodes.get(i).port())
                                        .add(busPorts[i]));
            }
        }
        await().atMost(PATIENCE).until(() -> nodes.stream().allMatch(this::isWhole));
        for (int i = MASTERS; i < nodes.size(); i++) {
            RealRedis replica = nodes.get(i);
            replica.commands()
                    .clusterReplicate(nodes.get(i - MASTERS).commands().clusterMyId());
            await().atMost(PATIENCE)
                    .until(() -> replica.commands().info("replication").contains("master_link_status:up"));
        }
        // A master that does not know its replica by now would be lost without a successor.
        await().atMost(PATIENCE).until(() -> nodes.stream()
                .allMatch(node -> node.commands()
                                .clusterNodes()
                                .lines()
                                .filter(line -> line.contains("slave"))
                                .count()
                        == nodes.size() - MASTERS));
    }

    private boolean isWhole(RealRedis node) {
        String info = node.commands().clusterInfo();
        return info.contains("cluster_state:ok")
                && info.contains("cluster_known_nodes:" + nodes.size())
                && info.contains("cluster_slots_ok:" + SLOTS);
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
