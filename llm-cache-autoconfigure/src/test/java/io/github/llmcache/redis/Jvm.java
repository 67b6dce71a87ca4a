package io.github.llmcache.redis;

import static org.awaitility.Awaitility.await;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.EntryTerms;
import io.github.llmcache.tier.Eviction;
import io.github.llmcache.tier.LeaseAttempt;
import io.github.llmcache.tier.TierLookup;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** A tier with a connection of its own, as another JVM has it. */
final class Jvm implements AutoCloseable {

    static final Duration TTL = Duration.ofMinutes(10);

    final CacheConnection connection;
    final LlmRedisCacheManager caches;
    final RedisCacheTier tier;
    final RedisCacheEvictor evictor;
    final RedisKeys keys;

    Jvm(RedisConnectionFactory factory, Duration lease) {
        this(factory, lease, "", Duration.ofSeconds(3));
    }

    Jvm(RedisConnectionFactory factory, Duration lease, String prefix, Duration timeout) {
        this(factory, lease, Duration.ofMinutes(10), prefix, timeout);
    }

    Jvm(RedisConnectionFactory factory, Duration lease, Duration longest, String prefix, Duration timeout) {
        this(factory, lease, longest, prefix, timeout, Shelf.STRING);
    }

    Jvm(RedisConnectionFactory factory, Duration lease, Shelf shelf) {
        this(factory, lease, Duration.ofMinutes(10), "", Duration.ofSeconds(3), shelf);
    }

    Jvm(
            RedisConnectionFactory factory,
            Duration lease,
            Duration longest,
            String prefix,
            Duration timeout,
            Shelf shelf) {
        this.connection = CacheConnection.derivedFrom(factory, timeout, Clock.systemUTC());
        CacheCatalog catalog = new CacheCatalog(shelf.settings(), Map.of());
        this.keys = new RedisKeys(prefix);
        this.caches = LlmRedisCacheManager.of(connection, keys, catalog, Clock.systemUTC());
        this.tier = new RedisCacheTier(caches, keys, catalog, connection, lease, longest, cache -> false);
        this.evictor = new RedisCacheEvictor(connection, keys, catalog, null, List.of());
    }

    static PromptKey key(String digest) {
        return new PromptKey("prompt", digest, null, "demo");
    }

    static CacheEntry entry(String digest) {
        return entry(digest, List.of());
    }

    static CacheEntry entry(String digest, List<String> tags) {
        Instant now = Instant.ofEpochMilli(1_795_421_303_606L);
        return new CacheEntry(
                digest,
                Payload.of(("\"Answer to " + digest + "\"").getBytes(StandardCharsets.UTF_8)),
                now,
                now.plus(TTL),
                "demo",
                null,
                null,
                new EntryTerms("ann", "explicit", tags));
    }

    LeaseAttempt attempt(String digest) {
        return get(tier.lease(key(digest), true));
    }

    LeaseAttempt.Granted granted(String digest) {
        return (LeaseAttempt.Granted) attempt(digest);
    }

    LeaseAttempt.Granted shared(String digest) {
        return (LeaseAttempt.Granted) get(tier.lease(key(digest), false));
    }

    LeaseAttempt.Held held(String digest) {
        return (LeaseAttempt.Held) attempt(digest);
    }

    boolean stores(LeaseAttempt.Granted granted, CacheEntry entry) {
        return get(granted.lease().store(entry, TTL));
    }

    boolean has(String digest) {
        return tier.lookup(key(digest)) instanceof TierLookup.Hit;
    }

    long evict(Eviction eviction) {
        return evictor.evict("prompt", eviction);
    }

    /** Waits until ends of leases are told at once. */
    Jvm heard() {
        await().pollInterval(Duration.ofMillis(5)).until(() -> tier.landings().areHeard());
        return this;
    }

    static <T> T get(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (Exception ex) {
            throw new AssertionError(ex);
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
