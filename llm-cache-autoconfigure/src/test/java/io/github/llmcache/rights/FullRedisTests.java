package io.github.llmcache.rights;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CacheSettings;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.redis.CacheConnection;
import io.github.llmcache.redis.LlmRedisCacheManager;
import io.github.llmcache.redis.RedisCacheEvictor;
import io.github.llmcache.redis.RedisCacheTier;
import io.github.llmcache.redis.RedisKeys;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.EntryTerms;
import io.github.llmcache.tier.Eviction;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.LeaseAttempt;
import io.github.llmcache.tier.TierException;
import io.github.llmcache.tier.TierLookup;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * What is left of evictions by tag where Redis itself has given up keys for want of memory, by its policy.
 */
class FullRedisTests {

    private static final int ENTRIES = 6000;

    /**
     * {@code volatile-ttl} samples, so it may give up an index before an entry, but rarely. The others promise nothing; what
     * they keep is right all the same.
     */
    @ParameterizedTest
    @CsvSource({
        "noeviction, 100, 0",
        "noeviction, 3000, 0",
        "volatile-ttl, 100, 60",
        "volatile-lru, 100, 6000",
        "allkeys-lru, 100, 6000",
        "allkeys-lfu, 100, 6000",
    })
    void entries_that_an_eviction_by_tag_misses_after_pressure(String policy, int tags, int most) throws Exception {
        try (RealRedis server = RealRedis.start("--maxmemory", "8mb", "--maxmemory-policy", policy)) {
            LettuceConnectionFactory factory = new LettuceConnectionFactory("127.0.0.1", server.port());
            factory.afterPropertiesSet();
            factory.start();
            try (CacheConnection connection =
                    CacheConnection.derivedFrom(factory, Duration.ofSeconds(5), Clock.systemUTC())) {
                Store store = new Store(connection, tags);
                for (int i = 0; i < ENTRIES; i++) {
                    store.store(i);
                    // Hot entries are read, as a cache's are.
                    if (i > 500) {
                        store.find(i % 500);
                    }
                }
                int there = 0;
                int missed = 0;
                for (int i = 0; i < ENTRIES; i++) {
                    if (store.find(i) instanceof TierLookup.Hit hit) {
                        there++;
                        // Whatever Redis gave up, what is there is the answer to this request.
                        assertThat(text(hit)).isEqualTo(answer(i));
                    }
                }
                for (int tag = 0; tag < tags; tag++) {
                    store.evict("tag-" + tag);
                }
                for (int i = 0; i < ENTRIES; i++) {
                    if (store.find(i) instanceof TierLookup.Hit) {
                        missed++;
                    }
                }
                assertThat(there).as("entries that stood before the eviction").isBetween(500, ENTRIES - 1);
                assertThat(missed).isLessThanOrEqualTo(most);
                store.evictor.evict("prompt", new Eviction.OfAll());
                for (int i = 0; i < ENTRIES; i++) {
                    assertThat(store.find(i)).isInstanceOf(TierLookup.Miss.class);
                }
            } finally {
                factory.destroy();
            }
        }
    }

    private static String answer(int number) {
        return "\"" + number + " " + "x".repeat(1500) + "\"";
    }

    private static String text(TierLookup.Hit hit) {
        Payload payload = hit.entry().payload();
        return new String(payload.bytes(), payload.offset(), payload.length(), StandardCharsets.UTF_8);
    }

    private static final class Store {

        private final RedisCacheTier tier;
        private final RedisCacheEvictor evictor;
        private final int tags;

        Store(CacheConnection connection, int tags) {
            this.tags = tags;
            CacheCatalog catalog = new CacheCatalog(CacheSettings.DEFAULTS, Map.of());
            RedisKeys keys = new RedisKeys("shop:");
            LlmRedisCacheManager caches = LlmRedisCacheManager.of(connection, keys, catalog, Clock.systemUTC());
            this.tier = new RedisCacheTier(caches, keys, catalog, connection, Duration.ofSeconds(5));
            this.evictor = new RedisCacheEvictor(connection, keys, catalog, null, List.of());
        }

        private static PromptKey key(int number) {
            return new PromptKey("prompt", String.format("%043d", number), null);
        }

        /** Evicts; where the server has no memory left for the mark of it, what stood is gone all the same. */
        void evict(String tag) {
            try {
                evictor.evict("prompt", new Eviction.OfTag(tag));
            } catch (TierException ex) {
                assertThat(ex.kind()).isEqualTo(FailureKind.OUT_OF_MEMORY);
            }
        }

        TierLookup find(int number) {
            return tier.lookup(key(number));
        }

        /** Stores an answer if the server takes it. */
        void store(int number) throws Exception {
            Instant now = Instant.now();
            // Answers live for different times, an hour to three.
            Duration ttl = Duration.ofMinutes(60 + number % 7 * 20);
            CacheEntry entry = new CacheEntry(
                    key(number).digest(),
                    Payload.of(answer(number).getBytes(StandardCharsets.UTF_8)),
                    now,
                    now.plus(ttl),
                    null,
                    null,
                    null,
                    new EntryTerms(null, null, List.of("tag-" + number % tags)));
            LeaseAttempt attempt =
                    tier.lease(key(number), true).toCompletableFuture().get();
            if (!(attempt instanceof LeaseAttempt.Granted granted)) {
                return;
            }
            try {
                granted.lease().store(entry, ttl).toCompletableFuture().get();
            } catch (ExecutionException ex) {
                // The server is full.
            }
        }
    }
}
