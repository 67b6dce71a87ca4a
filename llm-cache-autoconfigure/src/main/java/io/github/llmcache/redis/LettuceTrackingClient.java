package io.github.llmcache.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ReadFrom;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration.SentinelConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration.StaticMasterReplicaConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Opens tracking lines with Lettuce, to the servers and with the credentials of the user's own configuration. */
final class LettuceTrackingClient implements TrackingClient {

    private static final String MASTER = "master";
    private static final String UNKNOWN = "unknown";

    private final LettuceConnectionFactory factory;
    private final RedisClient nodes;
    private final boolean sentinels;

    private LettuceTrackingClient(LettuceConnectionFactory factory, RedisClient nodes, boolean sentinels) {
        this.factory = factory;
        this.nodes = nodes;
        this.sentinels = sentinels;
    }

    /**
     * Makes the client, which connects to nothing yet.
     *
     * @return the client, or null where answers may be read from a replica, which can be older than what was told
     */
    static @Nullable LettuceTrackingClient of(
            RedisConfiguration servers, LettuceClientConfiguration users, ClientResources resources) {
        ReadFrom readFrom = users.getReadFrom().orElse(ReadFrom.UPSTREAM);
        if (servers instanceof StaticMasterReplicaConfiguration || !readFrom.equals(ReadFrom.UPSTREAM)) {
            return null;
        }
        TrackingConfiguration configuration = new TrackingConfiguration(users, resources);
        LettuceConnectionFactory factory = DerivedLettuce.factory(servers, configuration);
        factory.afterPropertiesSet();
        factory.start();
        RedisClient nodes = RedisClient.create(resources);
        nodes.setOptions(configuration.options);
        return new LettuceTrackingClient(factory, nodes, servers instanceof SentinelConfiguration);
    }

    @Override
    public List<TrackingLine> open(TrackingEvents events) throws Exception {
        AbstractRedisClient client = factory.getRequiredNativeClient();
        return client instanceof RedisClusterClient cluster
                ? openAll(ClusterMasters.of(cluster), events)
                : List.of(openOne((RedisClient) client, events));
    }

    @Override
    public void close() {
        nodes.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        factory.destroy();
    }

    private TrackingLine openOne(RedisClient client, TrackingEvents events) throws Exception {
        StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE);
        try {
            String role = sentinels ? MASTER : answer(connection, LettuceTrackingClient::role);
            return new TrackingLine(connection, LettuceTrackingClient::role, role, events);
        } catch (Exception ex) {
            connection.closeAsync();
            throw ex;
        }
    }

    private List<TrackingLine> openAll(ClusterMasters masters, TrackingEvents events) throws Exception {
        List<TrackingLine> lines = new ArrayList<>();
        List<StatefulRedisConnection<byte[], byte[]>> connections = new ArrayList<>();
        String agreed = null;
        try {
            for (var server : masters.servers()) {
                StatefulRedisConnection<byte[], byte[]> connection = nodes.connect(ByteArrayCodec.INSTANCE, server);
                connections.add(connection);
                // All of them must see the same masters; the lines compare it with every beat.
                String view = answer(connection, ClusterMasters::view);
                if (!masters.isView(view) || agreed != null && !agreed.equals(view)) {
                    throw new IllegalStateException("The servers of the cluster do not agree on who keeps what");
                }
                agreed = view;
                lines.add(new TrackingLine(connection, ClusterMasters::view, view, events));
            }
            return lines;
        } catch (Exception ex) {
            connections.forEach(StatefulRedisConnection::closeAsync);
            throw ex;
        }
    }

    private static String answer(
            StatefulRedisConnection<byte[], byte[]> connection,
            Function<RedisAsyncCommands<byte[], byte[]>, CompletionStage<String>> question)
            throws Exception {
        return question.apply(connection.async())
                .toCompletableFuture()
                .get(TrackingLine.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The server's role; a user that may not ask is told nothing else than at the beginning. */
    private static CompletionStage<String> role(RedisAsyncCommands<byte[], byte[]> redis) {
        return redis.role()
                .thenApply(role -> new String((byte[]) role.get(0), StandardCharsets.UTF_8))
                .exceptionallyCompose(failure -> isRefusal(failure)
                        ? CompletableFuture.completedFuture(UNKNOWN)
                        : CompletableFuture.failedFuture(failure));
    }

    private static boolean isRefusal(Throwable failure) {
        return failure instanceof RedisCommandExecutionException
                || failure.getCause() instanceof RedisCommandExecutionException;
    }

    /** As derived, with RESP3, and without a reconnection that nobody would see. */
    private static final class TrackingConfiguration extends DerivedLettuceConfiguration {

        private final ClientOptions options;

        TrackingConfiguration(LettuceClientConfiguration users, ClientResources resources) {
            // It looks for the masters itself whenever it connects.
            super(users, false, resources, TrackingLine.PATIENCE);
            this.options = super.getClientOptions()
                    .orElseThrow()
                    .mutate()
                    .autoReconnect(false)
                    .protocolVersion(ProtocolVersion.RESP3)
                    .build();
        }

        @Override
        public Optional<ClientOptions> getClientOptions() {
            return Optional.of(options);
        }
    }
}
