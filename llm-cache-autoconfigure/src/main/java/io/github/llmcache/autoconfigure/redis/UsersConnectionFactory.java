package io.github.llmcache.autoconfigure.redis;

import io.github.llmcache.autoconfigure.InvalidLlmCachePropertyException;
import io.github.llmcache.autoconfigure.LlmCacheProperties;
import io.github.llmcache.autoconfigure.LlmCacheProperties.Redis;
import io.github.llmcache.autoconfigure.LlmCacheProperties.State;
import io.github.llmcache.redis.CacheConnection;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanNotOfRequiredTypeException;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** Finds the application's connection factory: that which the cache's own connection is derived from, or that of state. */
public final class UsersConnectionFactory {

    private static final String FOR_ANSWERS = "llm-cache.redis.connection-factory";
    private static final String FOR_STATE = "llm-cache.state.connection-factory";

    private UsersConnectionFactory() {}

    static RedisConnectionFactory of(Redis redis, BeanFactory beans) {
        return find(FOR_ANSWERS, redis.connectionFactory(), "the answers", beans);
    }

    /**
     * Finds the connection factory of what is no answer, such as conversations.
     *
     * @param state the settings
     * @param beans the application's beans
     * @return the factory that is named, or the only or primary one
     * @throws InvalidLlmCachePropertyException if there is none, or several and none is named
     */
    public static RedisConnectionFactory ofState(State state, BeanFactory beans) {
        return find(FOR_STATE, state.connectionFactory(), "usage and conversations", beans);
    }

    /**
     * Begins to connect to what is no answer, which no caller waits for longer than for an answer: what is limited or versioned has to
     * be known from the first call on.
     *
     * @param properties the settings
     * @param beans the application's beans
     * @param answers the connection of the answers, or null
     * @return that connection where answers and state are kept by the same factory, else one to be closed by the caller
     * @throws InvalidLlmCachePropertyException if there is no factory, or several and none is named
     */
    public static CacheConnection connectionOfState(
            LlmCacheProperties properties, BeanFactory beans, @Nullable CacheConnection answers) {
        RedisConnectionFactory state = ofState(properties.state(), beans);
        CacheConnection connection = answers != null && state == of(properties.redis(), beans)
                ? answers
                : CacheConnection.derivedFrom(state, timeout(properties.redis()), Clock.systemUTC());
        connection.start();
        return connection;
    }

    private static RedisConnectionFactory find(String property, @Nullable String name, String what, BeanFactory beans) {
        try {
            return name == null || name.isBlank()
                    ? beans.getBean(RedisConnectionFactory.class)
                    : beans.getBean(name, RedisConnectionFactory.class);
        } catch (NoUniqueBeanDefinitionException ex) {
            throw new InvalidLlmCachePropertyException(
                    property,
                    null,
                    "is not set, and there are several RedisConnectionFactory beans: " + ex.getBeanNamesFound(),
                    "Set it to the name of the bean whose Redis is to keep " + what + ", or mark one bean @Primary.");
        } catch (NoSuchBeanDefinitionException | BeanNotOfRequiredTypeException ex) {
            if (name == null || name.isBlank()) {
                throw new InvalidLlmCachePropertyException(
                        property,
                        null,
                        "is not set, and there is no RedisConnectionFactory bean for " + what,
                        "Set spring.data.redis.*, or declare a RedisConnectionFactory bean.");
            }
            throw new InvalidLlmCachePropertyException(
                    property,
                    name,
                    "names no RedisConnectionFactory bean",
                    "Write the name of a RedisConnectionFactory bean, or leave the property out.");
        }
    }

    static Duration timeout(Redis redis) {
        if (redis.timeout().toMillis() <= 0) {
            throw new InvalidLlmCachePropertyException(
                    "llm-cache.redis.timeout",
                    redis.timeout(),
                    "is not a time above zero",
                    "Write a time such as 250ms.");
        }
        return redis.timeout();
    }
}
