package io.github.llmcache.event;

/** How a call went. */
public enum CacheOutcome {
    /** The answer came from the cache. */
    HIT,
    /** The cache had none, and the method was called. */
    MISS,
    /** The method was called without a look into the cache; {@link BypassReason} says why. */
    BYPASS,
    /** The method was called and threw. */
    ERROR
}
