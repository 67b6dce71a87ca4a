package io.github.llmcache.redis;

import io.github.llmcache.key.PromptKey;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.CacheTier;
import io.github.llmcache.tier.CircuitState;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.Lease;
import io.github.llmcache.tier.LeaseAttempt;
import io.github.llmcache.tier.TierException;
import io.github.llmcache.tier.TierLookup;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A tier that is left alone while its circuit is open: whatever is asked of it then fails at once with {@link
 * FailureKind#CIRCUIT_OPEN}.
 *
 * <p>Thread-safe. No operation waits for longer than the tier behind it.
 */
public final class CircuitBreakerTier implements CacheTier {

    private static final TierLookup NOT_ASKED = new TierLookup.Failure(FailureKind.CIRCUIT_OPEN);

    private final CacheTier tier;
    private final RedisCircuit circuit;

    /**
     * Creates the tier.
     *
     * @param tier the tier that is asked
     * @param circuit decides whether it is asked
     */
    public CircuitBreakerTier(CacheTier tier, RedisCircuit circuit) {
        this.tier = tier;
        this.circuit = circuit;
    }

    @Override
    public String name() {
        return tier.name();
    }

    @Override
    public TierLookup lookup(PromptKey key) {
        if (!circuit.mayLookUp()) {
            return NOT_ASKED;
        }
        TierLookup lookup = null;
        try {
            lookup = tier.lookup(key);
            return lookup;
        } finally {
            circuit.lookedUp(lookup);
        }
    }

    /** Neither takes a look-up away from those that try Redis, nor counts for or against it. */
    @Override
    public TierLookup peek(PromptKey key) {
        return circuit.state() == CircuitState.OPEN ? NOT_ASKED : tier.peek(key);
    }

    @Override
    public CompletionStage<TierLookup> lookupAsync(PromptKey key) {
        if (!circuit.mayLookUp()) {
            return CompletableFuture.completedFuture(NOT_ASKED);
        }
        CompletionStage<TierLookup> lookup = null;
        try {
            lookup = tier.lookupAsync(key);
            return lookup.whenComplete((found, failure) -> circuit.lookedUp(found));
        } finally {
            if (lookup == null) {
                circuit.lookedUp(null);
            }
        }
    }

    /** A batch counts as one look-up, and as one that failed where any part of it did. */
    @Override
    public List<TierLookup> lookupAll(List<PromptKey> keys) {
        if (keys.isEmpty() || !circuit.mayLookUp()) {
            return Collections.nCopies(keys.size(), NOT_ASKED);
        }
        TierLookup lookup = null;
        try {
            List<TierLookup> all = tier.lookupAll(keys);
            lookup = all.stream()
                    .filter(TierLookup.Failure.class::isInstance)
                    .findFirst()
                    .orElse(TierLookup.Miss.INSTANCE);
            return all;
        } finally {
            circuit.lookedUp(lookup);
        }
    }

    @Override
    public CompletionStage<List<LeaseAttempt>> leaseAll(List<PromptKey> keys) {
        return circuit.mayStore()
                ? tier.leaseAll(keys)
                        .thenApply(all -> all.stream().map(this::guarded).toList())
                : CompletableFuture.completedFuture(
                        Collections.nCopies(keys.size(), new LeaseAttempt.Failed(FailureKind.CIRCUIT_OPEN)));
    }

    /** Leases are given when answers are stored; like stores, they neither open the circuit nor close it. */
    @Override
    public CompletionStage<LeaseAttempt> lease(PromptKey key, boolean exclusive) {
        return circuit.mayStore()
                ? tier.lease(key, exclusive).thenApply(this::guarded)
                : CompletableFuture.completedFuture(new LeaseAttempt.Failed(FailureKind.CIRCUIT_OPEN));
    }

    private LeaseAttempt guarded(LeaseAttempt attempt) {
        return attempt instanceof LeaseAttempt.Granted granted
                ? new LeaseAttempt.Granted(new CircuitLease(granted.lease()), granted.found())
                : attempt;
    }

    @Override
    public CompletionStage<Void> store(PromptKey key, CacheEntry entry, Duration ttl) {
        return circuit.mayStore()
                ? tier.store(key, entry, ttl)
                : CompletableFuture.failedFuture(
                        new TierException(FailureKind.CIRCUIT_OPEN, "Redis failed too often just before", null));
    }

    /** Stores nothing while the circuit is open. */
    private final class CircuitLease implements Lease {

        private final Lease lease;

        CircuitLease(Lease lease) {
            this.lease = lease;
        }

        @Override
        public CompletionStage<Boolean> store(CacheEntry entry, Duration ttl) {
            if (circuit.mayStore()) {
                return lease.store(entry, ttl);
            }
            lease.release();
            return CompletableFuture.failedFuture(
                    new TierException(FailureKind.CIRCUIT_OPEN, "Redis failed too often just before", null));
        }

        @Override
        public void release() {
            lease.release();
        }
    }
}
