package io.github.llmcache.tier;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * The right to store one answer, given before the model is asked, so that an eviction that comes meanwhile wins.
 *
 * <p>An exclusive one is held by one caller in the whole fleet and is renewed until it ends. It ends with {@link #store} or
 * {@link #release}; those who wait for it are then told at once. Thread-safe.
 */
public interface Lease {

    /**
     * Stores the answer, without waiting for it, and ends the lease.
     *
     * @param entry the entry
     * @param ttl how long to keep it, positive
     * @return true when it is stored, false if what was asked was evicted since the lease was given; or exceptionally a
     *     {@link TierException}
     */
    CompletionStage<Boolean> store(CacheEntry entry, Duration ttl);

    /** Ends the lease with nothing stored; does nothing once it has ended. Never throws and never blocks. */
    void release();
}
