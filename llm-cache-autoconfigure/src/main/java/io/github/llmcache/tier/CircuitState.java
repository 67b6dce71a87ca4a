package io.github.llmcache.tier;

/** Whether a tier is asked. */
public enum CircuitState {
    /** The tier is asked. */
    CLOSED,
    /** A few look-ups try whether the tier answers again; all others go on without it. */
    HALF_OPEN,
    /** The tier is not asked, because it failed too often; it is tried again when a look-up comes after a while. */
    OPEN
}
