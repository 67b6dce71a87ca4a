package io.github.llmcache.redis;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocketFactory;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisClientBuilderCustomizer;
import org.springframework.data.redis.connection.jedis.JedisClientConfigBuilderCustomizer;
import org.springframework.data.redis.connection.jedis.JedisClientConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;

/** A pool of Jedis connections of the cache's own, with its timeout for connecting, for waiting and for reading. */
final class JedisCacheConnection extends CacheConnection {

    private final JedisConnectionFactory factory;
    private final BlockingEntryCommands commands;
    private final KeyScanner scanner;

    private JedisCacheConnection(JedisConnectionFactory factory, String server, Duration timeout, InstantSource clock) {
        super(server, timeout, clock);
        this.factory = factory;
        this.commands = new BlockingEntryCommands(factory, factory.getClusterConfiguration() == null, timeout);
        this.scanner = new SkippingKeyScanner();
    }

    static boolean derives(RedisConnectionFactory users) {
        return users instanceof JedisConnectionFactory;
    }

    static CacheConnection of(RedisConnectionFactory users, Duration timeout, InstantSource clock) {
        JedisConnectionFactory theirs = (JedisConnectionFactory) users;
        Derived client = new Derived(theirs.getClientConfiguration(), timeout);
        RedisClusterConfiguration cluster = theirs.getClusterConfiguration();
        RedisSentinelConfiguration sentinel = theirs.getSentinelConfiguration();
        RedisStandaloneConfiguration standalone = Objects.requireNonNull(theirs.getStandaloneConfiguration());
        JedisConnectionFactory own;
        RedisConfiguration servers;
        if (cluster != null) {
            own = new JedisConnectionFactory(cluster, client);
            servers = cluster;
        } else if (sentinel != null) {
            own = new JedisConnectionFactory(sentinel, client);
            servers = sentinel;
        } else {
            own = new JedisConnectionFactory(standalone, client);
            servers = standalone;
        }
        own.afterPropertiesSet();
        own.start();
        return new JedisCacheConnection(own, ServerName.of(servers), timeout, clock);
    }

    @Override
    public RedisConnectionFactory factory() {
        return factory;
    }

    @Override
    EntryCommands commands() {
        return commands;
    }

    @Override
    KeyScanner scanner() {
        return scanner;
    }

    @Override
    void disconnect() {
        factory.destroy();
    }

    private record Derived(JedisClientConfiguration users, Duration timeout) implements JedisClientConfiguration {

        @Override
        public Duration getConnectTimeout() {
            return timeout;
        }

        @Override
        public Duration getReadTimeout() {
            return timeout;
        }

        @Override
        public Optional<GenericObjectPoolConfig<?>> getPoolConfig() {
            return users.getPoolConfig().map(pool -> {
                GenericObjectPoolConfig<?> bounded = pool.clone();
                bounded.setMaxWait(timeout);
                return bounded;
            });
        }

        @Override
        public boolean isUsePooling() {
            return users.isUsePooling();
        }

        @Override
        public Optional<JedisClientConfigBuilderCustomizer> getClientConfigCustomizer() {
            return users.getClientConfigCustomizer();
        }

        @Override
        public Optional<JedisClientBuilderCustomizer> getClientCustomizer() {
            return users.getClientCustomizer();
        }

        @Override
        public boolean isUseSsl() {
            return users.isUseSsl();
        }

        @Override
        public Optional<SSLSocketFactory> getSslSocketFactory() {
            return users.getSslSocketFactory();
        }

        @Override
        public Optional<SSLParameters> getSslParameters() {
            return users.getSslParameters();
        }

        @Override
        public Optional<HostnameVerifier> getHostnameVerifier() {
            return users.getHostnameVerifier();
        }

        @Override
        public Optional<String> getClientName() {
            return users.getClientName();
        }
    }
}
