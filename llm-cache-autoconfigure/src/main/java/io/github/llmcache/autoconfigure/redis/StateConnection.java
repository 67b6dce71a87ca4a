package io.github.llmcache.autoconfigure.redis;

import io.github.llmcache.autoconfigure.InvalidLlmCachePropertyException;
import io.github.llmcache.autoconfigure.LlmCacheProperties;
import io.github.llmcache.redis.CacheConnection;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * The connection to where state is kept, as quick to give up and to reconnect as that of the answers, and the very same where
 * both are kept by one connection factory.
 */
public final class StateConnection implements AutoCloseable {

    private final CacheConnection connection;
    private final boolean own;

    private StateConnection(CacheConnection connection, boolean own) {
        this.connection = connection;
        this.own = own;
    }

    /**
     * Begins to connect, without waiting for the server, or takes the connection of the answers.
     *
     * @param properties the settings
     * @param beans the application's beans
     * @param ofAnswers the connection of the answers, or null where there is none
     * @return the connection
     */
    static StateConnection of(LlmCacheProperties properties, BeanFactory beans, @Nullable CacheConnection ofAnswers) {
        RedisConnectionFactory factory = UsersConnectionFactory.ofState(properties.state(), beans);
        CacheConnection connection = ofAnswers != null && factory == ofAnswers(properties, beans)
                ? ofAnswers
                : CacheConnection.derivedFrom(
                        factory, UsersConnectionFactory.timeout(properties.redis()), Clock.systemUTC());
        connection.start();
        return new StateConnection(connection, connection != ofAnswers);
    }

    private static @Nullable RedisConnectionFactory ofAnswers(LlmCacheProperties properties, BeanFactory beans) {
        try {
            return UsersConnectionFactory.of(properties.redis(), beans);
        } catch (InvalidLlmCachePropertyException ex) {
            // The application has a connection of answers of its own, so nobody has to know.
            return null;
        }
    }

    /** The connection. */
    public CacheConnection connection() {
        return connection;
    }

    /** Closes the connection, if it is not that of the answers. */
    @Override
    public void close() {
        if (own) {
            connection.close();
        }
    }
}
