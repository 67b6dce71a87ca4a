package io.github.llmcache.redis;

import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.Lease;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/** A lease whose answer is stored only if nothing it is was evicted since the lease was given. Thread-safe. */
final class GuardedLease implements Lease {

    private final CacheConnection connection;
    private final EntryStore store;
    private final LeasedEntry leased;
    private final Hold hold;
    private final AtomicBoolean ended = new AtomicBoolean();

    GuardedLease(CacheConnection connection, EntryStore store, LeasedEntry leased, Hold hold) {
        this.connection = connection;
        this.store = store;
        this.leased = leased;
        this.hold = hold;
    }

    @Override
    public CompletionStage<Boolean> store(CacheEntry entry, Duration ttl) {
        if (!ended.compareAndSet(false, true)) {
            return CompletableFuture.completedFuture(false);
        }
        CompletableFuture<Boolean> storing;
        try {
            storing = store.store(leased, hold, entry, ttl);
        } catch (RuntimeException ex) {
            storing = CompletableFuture.failedFuture(ex);
        }
        return connection
                .pendingWrites()
                .track(storing.handleAsync(
                        (stored, failure) -> {
                            // Nothing is left to end where the entry was stored.
                            hold.end(failure != null || !stored);
                            if (failure != null) {
                                throw connection.failed(failure);
                            }
                            return stored;
                        },
                        connection.threads().completions()));
    }

    @Override
    public void release() {
        if (ended.compareAndSet(false, true)) {
            hold.end(true);
        }
    }
}
