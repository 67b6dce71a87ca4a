package io.github.llmcache.redis;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisClusterConnection;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisSentinelConnection;

/** Gives connections only after the first one stands, so that no caller is the one that connects. */
final class GatedConnectionFactory implements RedisConnectionFactory {

    private final RedisConnectionFactory factory;
    private final Runnable gate;

    /**
     * Creates the factory.
     *
     * @param factory gives the connections
     * @param gate throws as long as there are none
     */
    GatedConnectionFactory(RedisConnectionFactory factory, Runnable gate) {
        this.factory = factory;
        this.gate = gate;
    }

    @Override
    public RedisConnection getConnection() {
        gate.run();
        return factory.getConnection();
    }

    @Override
    public RedisClusterConnection getClusterConnection() {
        gate.run();
        return factory.getClusterConnection();
    }

    @Override
    public RedisSentinelConnection getSentinelConnection() {
        gate.run();
        return factory.getSentinelConnection();
    }

    @Override
    public boolean getConvertPipelineAndTxResults() {
        return factory.getConvertPipelineAndTxResults();
    }

    @Override
    public @Nullable DataAccessException translateExceptionIfPossible(RuntimeException ex) {
        return factory.translateExceptionIfPossible(ex);
    }
}
