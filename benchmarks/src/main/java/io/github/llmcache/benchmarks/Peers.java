package io.github.llmcache.benchmarks;

import com.alicp.jetcache.Cache;
import com.alicp.jetcache.MultiLevelCacheBuilder;
import com.alicp.jetcache.embedded.CaffeineCacheBuilder;
import com.alicp.jetcache.redis.lettuce.RedisLettuceCacheBuilder;
import com.alicp.jetcache.support.Fastjson2KeyConvertor;
import com.alicp.jetcache.support.JavaValueDecoder;
import com.alicp.jetcache.support.JavaValueEncoder;
import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.redisson.Redisson;
import org.redisson.api.RLocalCachedMap;
import org.redisson.api.RedissonClient;
import org.redisson.api.options.LocalCachedMapOptions;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;

/** The peers that an application uses by their API, as their documentation says. */
final class Peers {

    private static final int LIMIT = 1000;
    private static final Duration TTL = Duration.ofHours(1);

    private Peers() {}

    /** JetCache's cache in Redis alone. */
    static Cache<String, String> jetCacheInRedis(RedisClient client) {
        return RedisLettuceCacheBuilder.createRedisLettuceCacheBuilder()
                .redisClient(client)
                .keyPrefix("jetcache:")
                .keyConvertor(Fastjson2KeyConvertor.INSTANCE)
                .valueEncoder(JavaValueEncoder.INSTANCE)
                .valueDecoder(JavaValueDecoder.INSTANCE)
                .expireAfterWrite(TTL.toMillis(), TimeUnit.MILLISECONDS)
                .buildCache();
    }

    /** JetCache's two levels. */
    static Cache<String, String> jetCache(RedisClient client) {
        Cache<String, String> near = CaffeineCacheBuilder.createCaffeineCacheBuilder()
                .limit(LIMIT)
                .keyConvertor(Fastjson2KeyConvertor.INSTANCE)
                .expireAfterWrite(TTL.toMillis(), TimeUnit.MILLISECONDS)
                .buildCache();
        return MultiLevelCacheBuilder.createMultiLevelCacheBuilder()
                .addCache(near, jetCacheInRedis(client))
                .expireAfterWrite(TTL.toMillis(), TimeUnit.MILLISECONDS)
                .buildCache();
    }

    /** Redisson's client. */
    static RedissonClient redisson(LocalRedis redis) {
        Config config = new Config();
        config.useSingleServer().setAddress("redis://127.0.0.1:" + redis.port());
        return Redisson.create(config);
    }

    /** Redisson's map with a copy in memory. */
    static RLocalCachedMap<String, String> localCachedMap(RedissonClient client) {
        return client.getLocalCachedMap(LocalCachedMapOptions.<String, String>name("redisson")
                .codec(StringCodec.INSTANCE)
                // Texts as keys, rather than hashes of their bytes, which Redisson allows for its own cache alone.
                .cacheProvider(LocalCachedMapOptions.CacheProvider.REDISSON)
                .evictionPolicy(LocalCachedMapOptions.EvictionPolicy.LRU)
                .cacheSize(LIMIT)
                .timeToLive(TTL)
                .syncStrategy(LocalCachedMapOptions.SyncStrategy.INVALIDATE)
                .reconnectionStrategy(LocalCachedMapOptions.ReconnectionStrategy.CLEAR)
                .useObjectAsCacheKey(true));
    }
}
