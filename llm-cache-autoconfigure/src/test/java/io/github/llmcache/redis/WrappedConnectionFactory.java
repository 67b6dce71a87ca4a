package io.github.llmcache.redis;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisClusterConnection;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisSentinelConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** A connection factory of a kind that the cache does not know. */
public final class WrappedConnectionFactory implements RedisConnectionFactory, AutoCloseable {

    private final LettuceConnectionFactory wrapped;

    public WrappedConnectionFactory(LettuceConnectionFactory wrapped) {
        this.wrapped = wrapped;
    }

    @Override
    public RedisConnection getConnection() {
        return wrapped.getConnection();
    }

    @Override
    public RedisClusterConnection getClusterConnection() {
        return wrapped.getClusterConnection();
    }

    @Override
    public RedisSentinelConnection getSentinelConnection() {
        return wrapped.getSentinelConnection();
    }

    @Override
    public boolean getConvertPipelineAndTxResults() {
        return wrapped.getConvertPipelineAndTxResults();
    }

    @Override
    public @Nullable DataAccessException translateExceptionIfPossible(RuntimeException ex) {
        return wrapped.translateExceptionIfPossible(ex);
    }

    @Override
    public void close() {
        wrapped.destroy();
    }
}
