package io.github.llmcache.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ReadFrom;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettucePoolingClientConfiguration;
import org.springframework.data.redis.connection.lettuce.RedisCredentialsProviderFactory;

/**
 * The user's Lettuce configuration (servers, TLS, credentials, pool) with what a cache needs otherwise: its own command
 * timeout, commands rejected while disconnected, quick reconnection, and reads from the master.
 */
class DerivedLettuceConfiguration implements LettuceClientConfiguration {

    private static final Duration SHORTEST_RECONNECT = Duration.ofMillis(20);
    private static final Duration LONGEST_RECONNECT = Duration.ofMillis(500);
    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(2);

    /** The first attempt also loads and warms up the client's classes, which takes longer than any command. */
    private static final Duration HANDSHAKE = Duration.ofSeconds(2);

    private final LettuceClientConfiguration users;
    private final ClientOptions options;
    private final ClientResources resources;

    DerivedLettuceConfiguration(LettuceClientConfiguration users, ClientResources resources, Duration timeout) {
        this.users = users;
        this.resources = resources;
        this.options = options(users.getClientOptions().orElseGet(ClientOptions::create), timeout);
    }

    static DerivedLettuceConfiguration of(
            LettuceClientConfiguration users, ClientResources resources, Duration timeout) {
        return Pooled.isPooled(users)
                ? Pooled.of(users, resources, timeout)
                : new DerivedLettuceConfiguration(users, resources, timeout);
    }

    /**
     * Has delays and I/O threads of the cache's own, and shares everything else with the user's resources.
     *
     * <p>What is named is marked as shared by that, so shutting the result down leaves it to the user's.
     */
    static ClientResources reconnectingQuickly(ClientResources resources) {
        return resources
                .mutate()
                .timer(resources.timer())
                .eventExecutorGroup(resources.eventExecutorGroup())
                .commandLatencyRecorder(resources.commandLatencyRecorder())
                .reconnectDelay(Delay.exponential(SHORTEST_RECONNECT, LONGEST_RECONNECT, 2, TimeUnit.MILLISECONDS))
                .build();
    }

    private static ClientOptions options(ClientOptions users, Duration timeout) {
        Duration connect = users.getSocketOptions().getConnectTimeout();
        return users.mutate()
                .autoReconnect(true)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .timeoutOptions(TimeoutOptions.enabled(timeout))
                .socketOptions(users.getSocketOptions()
                        .mutate()
                        .connectTimeout(connect.compareTo(LONGEST_CONNECT) < 0 ? connect : LONGEST_CONNECT)
                        .build())
                .build();
    }

    @Override
    public Optional<ClientResources> getClientResources() {
        return Optional.of(resources);
    }

    @Override
    public Optional<ClientOptions> getClientOptions() {
        return Optional.of(options);
    }

    /** The bound of the handshake; commands are bounded by the options. */
    @Override
    public Duration getCommandTimeout() {
        return HANDSHAKE;
    }

    @Override
    public Duration getShutdownTimeout() {
        return Duration.ZERO;
    }

    @Override
    public Duration getShutdownQuietPeriod() {
        return Duration.ZERO;
    }

    @Override
    public boolean isUseSsl() {
        return users.isUseSsl();
    }

    @Override
    public boolean isVerifyPeer() {
        return getVerifyMode() != SslVerifyMode.NONE;
    }

    @Override
    public SslVerifyMode getVerifyMode() {
        return users.getVerifyMode();
    }

    @Override
    public boolean isStartTls() {
        return users.isStartTls();
    }

    @Override
    public Optional<String> getClientName() {
        return users.getClientName();
    }

    /** None, so the master: a replica may not know yet of a lease, of an eviction, or of an entry just stored. */
    @Override
    public Optional<ReadFrom> getReadFrom() {
        return Optional.empty();
    }

    @Override
    public Optional<RedisCredentialsProviderFactory> getRedisCredentialsProviderFactory() {
        return users.getRedisCredentialsProviderFactory();
    }

    /** Stands apart because commons-pool2 is optional. */
    private static final class Pooled {

        private static boolean isPooled(LettuceClientConfiguration users) {
            try {
                return users instanceof LettucePoolingClientConfiguration;
            } catch (NoClassDefFoundError ex) {
                return false;
            }
        }

        private static DerivedLettuceConfiguration of(
                LettuceClientConfiguration users, ClientResources resources, Duration timeout) {
            return new PooledConfiguration((LettucePoolingClientConfiguration) users, resources, timeout);
        }
    }

    private static final class PooledConfiguration extends DerivedLettuceConfiguration
            implements LettucePoolingClientConfiguration {

        private final LettucePoolingClientConfiguration users;

        PooledConfiguration(LettucePoolingClientConfiguration users, ClientResources resources, Duration timeout) {
            super(users, resources, timeout);
            this.users = users;
        }

        @Override
        public GenericObjectPoolConfig getPoolConfig() {
            return users.getPoolConfig();
        }
    }
}
