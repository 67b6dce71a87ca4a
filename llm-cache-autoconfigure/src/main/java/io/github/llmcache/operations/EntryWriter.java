package io.github.llmcache.operations;

import io.github.llmcache.engine.CacheMode;
import io.github.llmcache.engine.CacheModes;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.CacheTier;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.Lease;
import io.github.llmcache.tier.LeaseAttempt;
import io.github.llmcache.tier.TierException;
import io.github.llmcache.tier.TierLookup;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/**
 * Stores entries under a lease of the farthest tier, so that evictions win; nearer tiers learn of it as of any change there.
 *
 * <p>Thread-safe. Blocks until the tier has stored an entry or failed.
 *
 * <p>Nothing is stored where the mode of the cache lets nothing be stored.
 *
 * @param tiers where answers are kept, the nearest first
 * @param patience how long to wait for a tier that does not keep to its own timeout
 * @param modes what each cache does at the moment
 */
record EntryWriter(List<CacheTier> tiers, Duration patience, CacheModes modes) {

    /**
     * Stores an entry, unless one is there that stays.
     *
     * @param stays tells of an entry that is there already whether it stays
     * @return whether the entry is stored
     * @throws TierException if the tier fails
     */
    boolean storeUnless(PromptKey key, CacheEntry entry, Duration ttl, Predicate<CacheEntry> stays) {
        if (!mayStore(key.cache())) {
            return false;
        }
        boolean there = farthest().lookup(key) instanceof TierLookup.Hit hit && stays.test(hit.entry());
        return !there && store(key, entry, ttl);
    }

    /**
     * Stores an entry.
     *
     * @return whether it is stored
     * @throws TierException if the tier fails
     */
    boolean store(PromptKey key, CacheEntry entry, Duration ttl) {
        if (!mayStore(key.cache())) {
            return false;
        }
        LeaseAttempt attempt = await(farthest().lease(key, false));
        if (attempt instanceof LeaseAttempt.Granted granted) {
            Lease lease = granted.lease();
            if (isNewer(granted.found())) {
                lease.release();
                return false;
            }
            return await(lease.store(entry, ttl));
        }
        FailureKind kind = attempt instanceof LeaseAttempt.Failed failed ? failed.kind() : FailureKind.OTHER;
        throw new TierException(kind, "An answer was not stored: " + kind, null);
    }

    private boolean mayStore(String cache) {
        CacheMode mode = modes.modeOf(cache);
        return mode == CacheMode.ON || mode == CacheMode.REFRESH;
    }

    private CacheTier farthest() {
        if (tiers.isEmpty()) {
            throw new IllegalStateException("There is no tier to store an answer in");
        }
        return tiers.get(tiers.size() - 1);
    }

    /** Whether the entry of a newer release stands there, which is left alone. */
    private static boolean isNewer(TierLookup found) {
        return found instanceof TierLookup.Failure failure && !failure.mayStore();
    }

    private <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException ex) {
            if (ex.getCause() instanceof TierException failure) {
                throw new TierException(failure.kind(), String.valueOf(failure.getMessage()), failure);
            }
            throw new TierException(FailureKind.OTHER, "An answer was not stored", ex.getCause());
        } catch (TimeoutException ex) {
            throw new TierException(FailureKind.TIMEOUT, "An answer was not stored in time", ex);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new TierException(FailureKind.INTERRUPTED, "The thread was interrupted", ex);
        }
    }
}
