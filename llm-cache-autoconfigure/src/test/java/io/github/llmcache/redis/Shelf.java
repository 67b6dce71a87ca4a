package io.github.llmcache.redis;

import io.github.llmcache.engine.CacheLayout;
import io.github.llmcache.engine.CacheSettings;
import io.github.llmcache.testing.RealRedis;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.Arguments;

/** Where the answers of the model {@code demo} lie, in each layout, as a test sees them from outside. */
enum Shelf {
    STRING {
        @Override
        String key(String prefix, String cache, String digest) {
            return prefix + cache + ":" + digest;
        }

        @Override
        String lease(String digest) {
            return "llm-cache:lease:{" + key("", "prompt", digest) + "}";
        }

        @Override
        String place(String digest) {
            return key("", "prompt", digest);
        }

        @Override
        void put(RealRedis redis, String prefix, String cache, String digest, String value) {
            redis.commands().set(key(prefix, cache, digest), value);
        }

        @Override
        @Nullable
        String read(RealRedis redis, String digest) {
            return redis.commands().get(place(digest));
        }

        @Override
        List<String> digests(RealRedis redis) {
            return redis.answers().stream()
                    .map(key -> key.substring(key.lastIndexOf(':') + 1))
                    .toList();
        }
    },
    HASH {
        @Override
        String key(String prefix, String cache, String digest) {
            return prefix + "cache:demo:" + cache;
        }

        @Override
        String lease(String digest) {
            return "llm-cache:lease:{cache:demo:prompt}:" + digest;
        }

        @Override
        String place(String digest) {
            return "cache:demo:prompt:" + digest;
        }

        @Override
        void put(RealRedis redis, String prefix, String cache, String digest, String value) {
            redis.commands().hset(key(prefix, cache, digest), digest, value);
        }

        @Override
        @Nullable
        String read(RealRedis redis, String digest) {
            return redis.commands().hget("cache:demo:prompt", digest);
        }

        @Override
        List<String> digests(RealRedis redis) {
            return redis.answers().stream()
                    .flatMap(key -> redis.commands().hkeys(key).stream())
                    .toList();
        }
    };

    /** Every kind of client with every layout. */
    static Stream<Arguments> withClients() {
        return Arrays.stream(Clients.values())
                .flatMap(client -> Arrays.stream(values()).map(shelf -> Arguments.of(client, shelf)));
    }

    CacheSettings settings() {
        return CacheSettings.DEFAULTS.withLayout(CacheLayout.valueOf(name()));
    }

    /** The property that gives an application this layout. */
    String property() {
        return "llm-cache.layout=" + name();
    }

    /** The key in Redis under which an answer is found, with others or alone. */
    abstract String key(String prefix, String cache, String digest);

    /** The key of the lease of an answer of cache {@code prompt}. */
    abstract String lease(String digest);

    /** What an answer of cache {@code prompt} is called in indexes. */
    abstract String place(String digest);

    abstract void put(RealRedis redis, String prefix, String cache, String digest, String value);

    /** Writes what stands for an answer of cache {@code prompt}. */
    void put(RealRedis redis, String digest, String value) {
        put(redis, "", "prompt", digest, value);
    }

    /** Puts a list in the place of what an answer of cache {@code prompt} is found under. */
    void putList(RealRedis redis, String digest) {
        redis.commands().del(key("", "prompt", digest));
        redis.commands().lpush(key("", "prompt", digest), "canary");
    }

    /** What stands for an answer of cache {@code prompt}. */
    abstract @Nullable String read(RealRedis redis, String digest);

    /** The digests of all answers. */
    abstract List<String> digests(RealRedis redis);
}
