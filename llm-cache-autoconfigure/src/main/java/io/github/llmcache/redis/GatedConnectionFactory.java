package io.github.llmcache.redis;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisClusterConnection;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisSentinelConnection;

/** Gives connections only after the first one stands, so that no caller is the one that connects. */
final class GatedConnectionFactory implements RedisConnectionFactory {

    private final RedisConnectionFactory users;
    private final Supplier<? extends RedisConnectionFactory> factory;
    private final Runnable gate;

    /**
     * Creates the factory.
     *
     * @param users the application's factory, which this one is like
     * @param factory gives the factory that makes the connections
     * @param gate throws as long as there are none
     */
    GatedConnectionFactory(
            RedisConnectionFactory users, Supplier<? extends RedisConnectionFactory> factory, Runnable gate) {
        this.users = users;
        this.factory = factory;
        this.gate = gate;
    }

    @Override
    public RedisConnection getConnection() {
        gate.run();
        return factory.get().getConnection();
    }

    @Override
    public RedisClusterConnection getClusterConnection() {
        gate.run();
        return factory.get().getClusterConnection();
    }

    @Override
    public RedisSentinelConnection getSentinelConnection() {
        gate.run();
        return factory.get().getSentinelConnection();
    }

    @Override
    public boolean getConvertPipelineAndTxResults() {
        return users.getConvertPipelineAndTxResults();
    }

    @Override
    public @Nullable DataAccessException translateExceptionIfPossible(RuntimeException ex) {
        return users.translateExceptionIfPossible(ex);
    }
}
