package io.github.llmcache.near;

import static org.awaitility.Awaitility.await;

import io.github.llmcache.autoconfigure.near.LlmCacheNearAutoConfiguration;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.CacheTier;
import io.github.llmcache.tier.TierLookup;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** The near tier before the one in Redis, wired as Boot wires them and asked as the engine asks them. */
final class TwoTiers {

    private final NearCacheTier near;
    private final CacheTier redis;

    TwoTiers(ApplicationContext context) {
        List<CacheTier> tiers =
                context.getBeanProvider(CacheTier.class).orderedStream().toList();
        this.near = (NearCacheTier) tiers.get(0);
        this.redis = tiers.get(1);
    }

    static ApplicationContextRunner on(RealRedis redis) {
        return CacheApplication.on(redis).withConfiguration(AutoConfigurations.of(LlmCacheNearAutoConfiguration.class));
    }

    static PromptKey key(String cache, int number) {
        return new PromptKey(cache, String.format("%043d", number), "why " + number);
    }

    NearCacheTier near() {
        return near;
    }

    CacheTier redis() {
        return redis;
    }

    void store(PromptKey key, String answer, Duration ttl) {
        Instant now = Instant.now();
        Payload payload = Payload.of(("\"" + answer + "\"").getBytes(StandardCharsets.UTF_8));
        CacheEntry entry = new CacheEntry(key.digest(), payload, now, now.plus(ttl), null, key.prompt(), null);
        redis.store(key, entry, ttl).toCompletableFuture().join();
    }

    /** Which tier has the answer, and the answer; null where none has. */
    @Nullable
    String ask(PromptKey key) {
        TierLookup first = near.lookup(key);
        if (first instanceof TierLookup.Hit hit) {
            return "near " + text(hit);
        }
        TierLookup second = redis.lookup(key);
        if (second instanceof TierLookup.Hit hit) {
            TierLookup.Fill fill = ((TierLookup.Miss) first).fill();
            if (fill != null) {
                fill.accept(key.cache(), hit);
            }
            return "redis " + text(hit);
        }
        return null;
    }

    /** Asks until the answer comes from the near tier. */
    String awaitNear(PromptKey key) {
        return await().atMost(Duration.ofSeconds(20))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> ask(key), answer -> answer != null && answer.startsWith("near "));
    }

    private static String text(TierLookup.Hit hit) {
        Payload payload = hit.entry().payload();
        return new String(payload.bytes(), payload.offset(), payload.length(), StandardCharsets.UTF_8)
                .replace("\"", "");
    }
}
