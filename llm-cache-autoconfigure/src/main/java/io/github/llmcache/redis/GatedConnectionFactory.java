package io.github.llmcache.redis;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.connection.RedisClusterConnection;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisSentinelConnection;

/** Gives connections only after the first one stands, so that no caller is the one that connects. */
final class GatedConnectionFactory implements RedisConnectionFactory {

    private final RedisConnectionFactory factory;
    private final BooleanSupplier open;

    GatedConnectionFactory(RedisConnectionFactory factory, BooleanSupplier open) {
        this.factory = factory;
        this.open = open;
    }

    @Override
    public RedisConnection getConnection() {
        check();
        return factory.getConnection();
    }

    @Override
    public RedisClusterConnection getClusterConnection() {
        check();
        return factory.getClusterConnection();
    }

    @Override
    public RedisSentinelConnection getSentinelConnection() {
        check();
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

    private void check() {
        if (!open.getAsBoolean()) {
            throw new RedisConnectionFailureException("Not connected yet; connecting goes on in the background");
        }
    }
}
