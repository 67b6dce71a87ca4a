package io.github.llmcache.sample.redis;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Tells which Redis is used, to whoever shows it. */
@Configuration(proxyBeanMethods = false)
class RedisInUseConfiguration {

    @Bean
    RedisInUse redisInUse(ObjectProvider<EmbeddedRedis> embedded, DataRedisConnectionDetails details) {
        return RedisInUse.of(embedded.getIfAvailable() != null, details);
    }
}
