package io.github.llmcache.sample.redis;

import java.util.List;
import java.util.stream.Collectors;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Node;

/**
 * The Redis that keeps the answers.
 *
 * @param embedded whether the sample started it
 * @param address its host and port, or those of its nodes; never a password
 */
public record RedisInUse(boolean embedded, String address) {

    static RedisInUse of(boolean embedded, DataRedisConnectionDetails details) {
        return new RedisInUse(embedded, address(details));
    }

    private static String address(DataRedisConnectionDetails details) {
        // Boot prefers them in this order, and has a single server's default address beside them.
        var sentinel = details.getSentinel();
        if (sentinel != null) {
            return join(sentinel.getNodes());
        }
        var cluster = details.getCluster();
        if (cluster != null) {
            return join(cluster.getNodes());
        }
        var masterReplica = details.getMasterReplica();
        if (masterReplica != null) {
            return join(masterReplica.getNodes());
        }
        var standalone = details.getStandalone();
        return standalone == null ? "an unknown address" : standalone.getHost() + ":" + standalone.getPort();
    }

    private static String join(List<Node> nodes) {
        return nodes.stream().map(node -> node.host() + ":" + node.port()).collect(Collectors.joining(", "));
    }
}
