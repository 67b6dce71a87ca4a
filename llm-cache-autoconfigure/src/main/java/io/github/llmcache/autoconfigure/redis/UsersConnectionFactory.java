package io.github.llmcache.autoconfigure.redis;

import io.github.llmcache.autoconfigure.InvalidLlmCachePropertyException;
import io.github.llmcache.autoconfigure.LlmCacheProperties.Redis;
import java.time.Duration;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanNotOfRequiredTypeException;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** Finds the connection factory that the cache's own connection is derived from. */
final class UsersConnectionFactory {

    private static final String PROPERTY = "llm-cache.redis.connection-factory";

    private UsersConnectionFactory() {}

    static RedisConnectionFactory of(Redis redis, BeanFactory beans) {
        String name = redis.connectionFactory();
        try {
            return name == null || name.isBlank()
                    ? beans.getBean(RedisConnectionFactory.class)
                    : beans.getBean(name, RedisConnectionFactory.class);
        } catch (NoUniqueBeanDefinitionException ex) {
            throw new InvalidLlmCachePropertyException(
                    PROPERTY,
                    null,
                    "is not set, and there are several RedisConnectionFactory beans: " + ex.getBeanNamesFound(),
                    "Set it to the name of the bean whose Redis is to keep the answers, or mark one bean @Primary.");
        } catch (NoSuchBeanDefinitionException | BeanNotOfRequiredTypeException ex) {
            throw new InvalidLlmCachePropertyException(
                    PROPERTY,
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
