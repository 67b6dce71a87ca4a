package io.github.llmcache.redis;

import java.time.Duration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** The kinds of clients that an application may have. */
enum Clients {
    LETTUCE {
        @Override
        RedisConnectionFactory factory(RedisStandaloneConfiguration server) {
            return new LettuceConnectionFactory(server);
        }
    },
    JEDIS {
        @Override
        RedisConnectionFactory factory(RedisStandaloneConfiguration server) {
            return new JedisConnectionFactory(server);
        }
    },
    WRAPPED {
        @Override
        RedisConnectionFactory factory(RedisStandaloneConfiguration server) {
            LettuceConnectionFactory factory = new LettuceConnectionFactory(
                    server,
                    LettuceClientConfiguration.builder()
                            .commandTimeout(Duration.ofSeconds(2))
                            .build());
            factory.afterPropertiesSet();
            factory.start();
            return new WrappedConnectionFactory(factory);
        }
    };

    abstract RedisConnectionFactory factory(RedisStandaloneConfiguration server);
}
