package io.github.llmcache.langchain4j.memory;

import io.github.llmcache.redis.RedisKeys;
import io.github.llmcache.testing.RealCluster;
import java.time.Duration;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisClientConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** An application's own connections, and a store over them. */
final class Client implements AutoCloseable {

    static final Duration TTL = Duration.ofMinutes(10);
    static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final RedisConnectionFactory connections;
    private final Runnable close;

    private Client(RedisConnectionFactory connections, Runnable close) {
        this.connections = connections;
        this.close = close;
    }

    static Client lettuce(int port) {
        return lettuce(new RedisStandaloneConfiguration("127.0.0.1", port), TIMEOUT);
    }

    static Client jedis(int port) {
        return jedis(new RedisStandaloneConfiguration("127.0.0.1", port), TIMEOUT);
    }

    static Client of(String name, int port, Duration timeout) {
        RedisStandaloneConfiguration server = new RedisStandaloneConfiguration("127.0.0.1", port);
        return name.equals("jedis") ? jedis(server, timeout) : lettuce(server, timeout);
    }

    static Client of(String name, RealCluster cluster) {
        RedisClusterConfiguration servers = new RedisClusterConfiguration(
                cluster.nodes().stream().map(node -> "127.0.0.1:" + node.port()).toList());
        if (name.equals("jedis")) {
            return jedis(new JedisConnectionFactory(servers));
        }
        return lettuce(servers, TIMEOUT);
    }

    private static Client lettuce(RedisConfiguration servers, Duration timeout) {
        LettuceConnectionFactory factory = new LettuceConnectionFactory(
                servers,
                LettuceClientConfiguration.builder()
                        .commandTimeout(timeout)
                        .shutdownTimeout(Duration.ZERO)
                        .build());
        factory.afterPropertiesSet();
        factory.start();
        return new Client(factory, factory::destroy);
    }

    private static Client jedis(RedisStandaloneConfiguration server, Duration timeout) {
        return jedis(new JedisConnectionFactory(
                server,
                JedisClientConfiguration.builder()
                        .readTimeout(timeout)
                        .connectTimeout(timeout)
                        .usePooling()
                        .build()));
    }

    private static Client jedis(JedisConnectionFactory factory) {
        factory.afterPropertiesSet();
        factory.start();
        return new Client(factory, factory::destroy);
    }

    RedisConnectionFactory connections() {
        return connections;
    }

    RedisChatMemoryStore store() {
        return store("", TTL, 1 << 20);
    }

    RedisChatMemoryStore store(String prefix, Duration ttl, long maxBytes) {
        return new RedisChatMemoryStore(
                connections, new RedisKeys(prefix), ChatSessionResolver.byText(), ttl, maxBytes);
    }

    @Override
    public void close() {
        close.run();
    }
}
