package io.github.llmcache.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ReadFrom;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
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
    private static final Duration LONGEST_RECONNECT = Duration.ofMillis(250);
    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(2);

    /** The first attempt also loads and warms up the client's classes, which takes longer than any command. */
    private static final Duration HANDSHAKE = Duration.ofSeconds(2);

    /** How often a cluster is asked for its masters: seldom while all is well, and this often while one is missing. */
    private static final Duration LONGEST_UNTIL_REFRESH = Duration.ofSeconds(30);

    private static final Duration SHORTEST_UNTIL_REFRESH = Duration.ofMillis(500);

    private final LettuceClientConfiguration users;
    private final ClientOptions options;
    private final ClientResources resources;

    DerivedLettuceConfiguration(
            LettuceClientConfiguration users, boolean cluster, ClientResources resources, Duration timeout) {
        this.users = users;
        this.resources = resources;
        ClientOptions theirs = users.getClientOptions().orElseGet(ClientOptions::create);
        this.options = options(cluster ? followingTheCluster(theirs) : theirs.mutate(), theirs, timeout);
    }

    static DerivedLettuceConfiguration of(
            LettuceClientConfiguration users, boolean cluster, ClientResources resources, Duration timeout) {
        return Pooled.isPooled(users)
                ? Pooled.of(users, cluster, resources, timeout)
                : new DerivedLettuceConfiguration(users, cluster, resources, timeout);
    }

    /**
     * Has delays and I/O threads of the cache's own, leaves lines on which nothing is heard, and shares everything else
     * with the user's resources.
     *
     * <p>What is named is marked as shared by that, so shutting the result down leaves it to the user's.
     */
    static ClientResources reconnectingQuickly(ClientResources resources, Duration timeout) {
        return resources
                .mutate()
                .timer(resources.timer())
                .eventExecutorGroup(resources.eventExecutorGroup())
                .commandLatencyRecorder(resources.commandLatencyRecorder())
                .nettyCustomizer(SilentLineHandler.customizer(resources.nettyCustomizer(), timeout))
                .reconnectDelay(Delay.exponential(SHORTEST_RECONNECT, LONGEST_RECONNECT, 2, TimeUnit.MILLISECONDS))
                .build();
    }

    private static ClientOptions options(ClientOptions.Builder derived, ClientOptions users, Duration timeout) {
        Duration connect = users.getSocketOptions().getConnectTimeout();
        return derived.autoReconnect(true)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .timeoutOptions(TimeoutOptions.enabled(timeout))
                .socketOptions(users.getSocketOptions()
                        .mutate()
                        .connectTimeout(connect.compareTo(LONGEST_CONNECT) < 0 ? connect : LONGEST_CONNECT)
                        .build())
                .build();
    }

    /** By itself, Lettuce looks for the masters of a cluster again at a lost line's fifth reconnection, and after five seconds. */
    private static ClientOptions.Builder followingTheCluster(ClientOptions users) {
        ClusterClientOptions cluster = users instanceof ClusterClientOptions theirs
                ? theirs
                : ClusterClientOptions.builder(users).build();
        ClusterTopologyRefreshOptions refresh = cluster.getTopologyRefreshOptions();
        boolean sooner =
                refresh.isPeriodicRefreshEnabled() && refresh.getRefreshPeriod().compareTo(LONGEST_UNTIL_REFRESH) < 0;
        return cluster.mutate()
                .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .enableAllAdaptiveRefreshTriggers()
                        .refreshTriggersReconnectAttempts(1)
                        .adaptiveRefreshTriggersTimeout(SHORTEST_UNTIL_REFRESH)
                        .enablePeriodicRefresh(sooner ? refresh.getRefreshPeriod() : LONGEST_UNTIL_REFRESH)
                        .dynamicRefreshSources(refresh.useDynamicRefreshSources())
                        .closeStaleConnections(refresh.isCloseStaleConnections())
                        .build());
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
                LettuceClientConfiguration users, boolean cluster, ClientResources resources, Duration timeout) {
            return new PooledConfiguration((LettucePoolingClientConfiguration) users, cluster, resources, timeout);
        }
    }

    private static final class PooledConfiguration extends DerivedLettuceConfiguration
            implements LettucePoolingClientConfiguration {

        private final LettucePoolingClientConfiguration users;

        PooledConfiguration(
                LettucePoolingClientConfiguration users, boolean cluster, ClientResources resources, Duration timeout) {
            super(users, cluster, resources, timeout);
            this.users = users;
        }

        @Override
        public GenericObjectPoolConfig getPoolConfig() {
            return users.getPoolConfig();
        }
    }
}
