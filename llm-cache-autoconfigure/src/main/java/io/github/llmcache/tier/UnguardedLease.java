package io.github.llmcache.tier;

import io.github.llmcache.key.PromptKey;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** The lease of a tier that knows neither who else asks nor what is evicted. */
record UnguardedLease(CacheTier tier, PromptKey key) implements Lease {

    @Override
    public CompletionStage<Boolean> store(CacheEntry entry, Duration ttl) {
        return tier.store(key, entry, ttl).thenApply(stored -> true);
    }

    @Override
    public void release() {}
}
