package io.github.llmcache.event;

/** How a call went. */
public enum CacheOutcome {
    /** The answer came from the cache. */
    HIT,
    /** The answer came from the cache and was no longer fresh; it is refreshed in the background. */
    STALE,
    /** The method failed or took too long, and the answer came from the cache although it was no longer fresh. */
    STALE_IF_ERROR,
    /** The cache had none, and the answer of an equal call that was under way answered this one too. */
    COALESCED,
    /** The cache had none, and the method was called, unless the call asked for a cached answer only. */
    MISS,
    /** The method was called without a look into the cache; {@link BypassReason} says why. */
    BYPASS,
    /** A guard did not let the method be called. */
    REFUSED,
    /** The method was called and threw, or its caller waited no longer. */
    ERROR
}
