package io.github.llmcache.engine;

import io.github.llmcache.key.PromptKey;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.CacheTier;
import io.github.llmcache.tier.TierLookup;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A tier that keeps entries in a map, and can be overridden to fail. */
class MemoryTier implements CacheTier {

    final Map<PromptKey, CacheEntry> entries = new ConcurrentHashMap<>();
    final List<Duration> ttls = new CopyOnWriteArrayList<>();
    final List<String> steps;
    private final String name;

    MemoryTier(String name, List<String> steps) {
        this.name = name;
        this.steps = steps;
    }

    CacheEntry entryOf(PromptKey key) {
        return Objects.requireNonNull(entries.get(key));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public TierLookup lookup(PromptKey key) {
        steps.add("lookup " + name);
        CacheEntry entry = entries.get(key);
        return entry == null ? TierLookup.Miss.INSTANCE : new TierLookup.Hit(entry);
    }

    @Override
    public CompletionStage<Void> store(PromptKey key, CacheEntry entry, Duration ttl) {
        steps.add("store " + name);
        ttls.add(ttl);
        entries.put(key, entry);
        return CompletableFuture.completedFuture(null);
    }
}
