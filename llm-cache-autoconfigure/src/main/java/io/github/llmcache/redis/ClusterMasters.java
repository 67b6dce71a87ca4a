package io.github.llmcache.redis;

import io.lettuce.core.RedisURI;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The masters of a cluster that have slots.
 *
 * @param servers their addresses, with credentials
 * @param ids their node ids
 */
record ClusterMasters(List<RedisURI> servers, SortedSet<String> ids) {

    private static final Pattern SPACE = Pattern.compile(" ");

    /** Where in a line of {@code CLUSTER NODES} a node's flags stand, and where its slots begin. */
    private static final int FLAGS = 2;

    private static final int SLOTS = 8;

    /** Asks the cluster; blocks, bounded. */
    static ClusterMasters of(RedisClusterClient cluster) {
        cluster.refreshPartitions();
        List<RedisURI> servers = new ArrayList<>();
        SortedSet<String> ids = new TreeSet<>();
        for (RedisClusterNode node : cluster.getPartitions()) {
            if (node.getRole().isUpstream() && !node.hasNoSlots()) {
                servers.add(node.getUri());
                ids.add(node.getNodeId());
            }
        }
        return new ClusterMasters(servers, ids);
    }

    /** Asks a server which masters it sees, and which slots each of them has. */
    static CompletionStage<String> view(RedisAsyncCommands<byte[], byte[]> redis) {
        return redis.clusterNodes().thenApply(ClusterMasters::view);
    }

    /** Whether a view is of these masters. */
    boolean isView(String view) {
        return !ids.isEmpty()
                && view.lines()
                        .map(line -> line.substring(0, line.indexOf(' ')))
                        .toList()
                        .equals(List.copyOf(ids));
    }

    /** Of {@code CLUSTER NODES} what is the same on all servers: masters with slots by their ids, flags and slots. */
    static String view(String nodes) {
        return nodes.lines()
                .map(ClusterMasters::master)
                .filter(master -> !master.isEmpty())
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    private static String master(String line) {
        String[] parts = SPACE.split(line);
        if (parts.length <= SLOTS) {
            return "";
        }
        String flags = parts[FLAGS].replace("myself,", "");
        StringBuilder slots = new StringBuilder();
        for (int i = SLOTS; i < parts.length; i++) {
            // A slot that is on its way stands in brackets, and is known to the two servers alone.
            if (!parts[i].startsWith("[")) {
                slots.append(' ').append(parts[i]);
            }
        }
        return flags.startsWith("master") && !slots.isEmpty() ? parts[0] + " " + flags + slots : "";
    }
}
