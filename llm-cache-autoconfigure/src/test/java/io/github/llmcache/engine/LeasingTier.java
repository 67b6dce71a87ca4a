package io.github.llmcache.engine;

import io.github.llmcache.key.PromptKey;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.Lease;
import io.github.llmcache.tier.LeaseAttempt;
import io.github.llmcache.tier.TierLookup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A tier in memory that several caches share, as several JVMs share Redis: it gives leases and knows evictions. */
class LeasingTier extends MemoryTier {

    final Map<PromptKey, Held> held = new HashMap<>();
    final List<Boolean> attempts = new CopyOnWriteArrayList<>();
    volatile @Nullable FailureKind failing;

    LeasingTier() {
        super("shared", new CopyOnWriteArrayList<>());
    }

    @Override
    public synchronized CompletionStage<LeaseAttempt> lease(PromptKey key, boolean exclusive) {
        attempts.add(exclusive);
        FailureKind kind = failing;
        if (kind != null) {
            return CompletableFuture.completedFuture(new LeaseAttempt.Failed(kind));
        }
        if (!exclusive) {
            return CompletableFuture.completedFuture(new LeaseAttempt.Granted(new Held(key), TierLookup.Miss.INSTANCE));
        }
        Held other = held.get(key);
        if (other != null) {
            CompletableFuture<Void> changed = new CompletableFuture<>();
            other.waiting.add(changed);
            return CompletableFuture.completedFuture(new LeaseAttempt.Held(lookup(key), changed));
        }
        Held lease = new Held(key);
        held.put(key, lease);
        return CompletableFuture.completedFuture(new LeaseAttempt.Granted(lease, lookup(key)));
    }

    /** As if the JVM that holds the lease had died. */
    void expire(PromptKey key) {
        end(key, null);
    }

    synchronized void evict(PromptKey key) {
        entries.remove(key);
        end(key, null);
    }

    private void end(PromptKey key, @Nullable Held onlyIf) {
        Held lease;
        synchronized (this) {
            lease = held.get(key);
            if (lease == null || onlyIf != null && lease != onlyIf) {
                return;
            }
            held.remove(key);
        }
        lease.waiting.forEach(waiting -> waiting.complete(null));
    }

    final class Held implements Lease {

        final List<CompletableFuture<Void>> waiting = new ArrayList<>();
        private final PromptKey key;

        Held(PromptKey key) {
            this.key = key;
        }

        @Override
        public CompletionStage<Boolean> store(CacheEntry entry, Duration ttl) {
            synchronized (LeasingTier.this) {
                if (held.containsKey(key) && held.get(key) != this) {
                    return CompletableFuture.completedFuture(false);
                }
                if (!held.containsKey(key) && !attempts.contains(false)) {
                    return CompletableFuture.completedFuture(false);
                }
                LeasingTier.this.store(key, entry, ttl);
            }
            end(key, this);
            return CompletableFuture.completedFuture(true);
        }

        @Override
        public void release() {
            end(key, this);
        }
    }
}
