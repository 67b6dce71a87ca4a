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
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A real Redis Cluster of three masters on free ports of the loopback interface. */
public final class RealCluster implements AutoCloseable {

    private static final int SLOTS = 16384;

    private final List<RealRedis> nodes;

    private RealCluster(List<RealRedis> nodes) {
        this.nodes = nodes;
    }

    /** Starts the nodes and waits until each of them knows that all slots are served. */
    public static RealCluster start() {
        int[] busPorts = {freePort(), freePort(), freePort()};
        RealCluster cluster = new RealCluster(Stream.of(busPorts[0], busPorts[1], busPorts[2])
                .map(busPort -> RealRedis.start(
                        "--cluster-enabled", "yes",
                        "--cluster-config-file", "nodes.conf",
                        "--cluster-port", Integer.toString(busPort)))
                .toList());
        try {
            cluster.join(busPorts);
            return cluster;
        } catch (RuntimeException ex) {
            cluster.close();
            throw ex;
        }
    }

    /** The nodes, all masters. */
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
            int from = SLOTS * i / nodes.size();
            int to = SLOTS * (i + 1) / nodes.size() - 1;
            nodes.get(i).commands().clusterAddSlotsRange(Range.create(from, to));
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
        await().atMost(Duration.ofSeconds(20)).until(() -> nodes.stream().allMatch(RealCluster::isWhole));
    }

    private static boolean isWhole(RealRedis node) {
        String info = node.commands().clusterInfo();
        return info.contains("cluster_state:ok")
                && info.contains("cluster_known_nodes:3")
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
