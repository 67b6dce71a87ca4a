package io.github.llmcache.sample.redis;

import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** Starts a Redis where none is named, and tells Boot's own Redis support where it is. */
@Configuration(proxyBeanMethods = false)
@Conditional(NoRedisNamed.class)
class EmbeddedRedisConfiguration {

    // Spring stops it after the connections that were made to it.
    @Bean
    EmbeddedRedis embeddedRedis() {
        return EmbeddedRedis.start();
    }

    @Bean
    DataRedisConnectionDetails embeddedRedisConnectionDetails(EmbeddedRedis redis) {
        return new DataRedisConnectionDetails() {

            @Override
            public Standalone getStandalone() {
                return Standalone.of(EmbeddedRedis.HOST, redis.port());
            }
        };
    }
}
