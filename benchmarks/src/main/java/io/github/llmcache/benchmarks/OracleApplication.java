package io.github.llmcache.benchmarks;

import java.time.Duration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.cache.RedisCacheConfiguration;
import org.springframework.data.redis.serializer.RedisSerializationContext.SerializationPair;
import org.springframework.data.redis.serializer.RedisSerializer;

/** The application in which calls of the {@link Oracle} are measured. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableCaching
public class OracleApplication {

    @Bean
    Oracle oracle() {
        return new Oracle();
    }

    /** Of Spring's cache, where it is in Redis: texts, as ours are. */
    @Bean
    RedisCacheConfiguration texts() {
        return RedisCacheConfiguration.defaultCacheConfig()
                .serializeValuesWith(SerializationPair.fromSerializer(RedisSerializer.string()))
                .entryTtl(Duration.ofHours(1));
    }
}
