package io.github.llmcache.event;

import io.github.llmcache.tier.FailureKind;

/**
 * A tier could not do what it was asked; the call went on without it.
 *
 * @param cache the cache
 * @param tier the tier
 * @param operation what it was asked
 * @param kind what went wrong
 */
public record TierFailureEvent(String cache, String tier, Operation operation, FailureKind kind) {

    /** What a tier is asked. */
    public enum Operation {
        /** To look an entry up. */
        LOOKUP,
        /** To store an entry. */
        STORE,
        /** To let one caller in the fleet ask the model. */
        LEASE,
        /** To take entries away. */
        EVICT
    }
}
