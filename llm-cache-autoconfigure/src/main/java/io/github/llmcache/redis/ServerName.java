package io.github.llmcache.redis;

import java.util.Collection;
import java.util.stream.Collectors;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration.ClusterConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration.DomainSocketConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration.SentinelConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration.StaticMasterReplicaConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration.WithHostAndPort;
import org.springframework.data.redis.connection.RedisNode;

/** Names the servers of a configuration for people, without credentials. */
final class ServerName {

    private ServerName() {}

    static String of(RedisConfiguration servers) {
        if (servers instanceof WithHostAndPort server) {
            return server.getHostName() + ":" + server.getPort();
        }
        if (servers instanceof ClusterConfiguration cluster) {
            return "the cluster of " + nodes(cluster.getClusterNodes());
        }
        if (servers instanceof SentinelConfiguration sentinel) {
            return "the master behind the sentinels " + nodes(sentinel.getSentinels());
        }
        if (servers instanceof DomainSocketConfiguration socket) {
            return socket.getSocket();
        }
        if (servers instanceof StaticMasterReplicaConfiguration replicated) {
            return replicated.getNodes().stream().map(ServerName::of).collect(Collectors.joining(", "));
        }
        return "a server configured by " + servers.getClass().getName();
    }

    private static String nodes(Collection<RedisNode> nodes) {
        return nodes.stream().map(RedisNode::asString).collect(Collectors.joining(", "));
    }
}
