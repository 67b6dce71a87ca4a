package io.github.llmcache.tier;

import java.util.concurrent.CompletableFuture;

/** How an attempt to get a lease ended. */
public sealed interface LeaseAttempt {

    /**
     * The lease is given.
     *
     * @param lease the lease
     * @param found what the tier has at this moment: another caller may have stored it since the lookup
     */
    record Granted(Lease lease, TierLookup found) implements LeaseAttempt {}

    /**
     * Another caller holds the lease.
     *
     * @param found what the tier has at this moment
     * @param changed completes, never exceptionally, as soon as the lease may have ended; cancel it to wait no longer
     */
    record Held(TierLookup found, CompletableFuture<Void> changed) implements LeaseAttempt {}

    /**
     * The tier failed, so that it is not known who else asks the model, nor what is evicted meanwhile.
     *
     * @param kind what went wrong
     */
    record Failed(FailureKind kind) implements LeaseAttempt {}
}
