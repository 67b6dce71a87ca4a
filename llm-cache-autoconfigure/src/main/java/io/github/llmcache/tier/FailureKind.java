package io.github.llmcache.tier;

/** What went wrong in a tier. */
public enum FailureKind {
    /** The first connection is still being made. */
    CONNECTING,
    /** The server can't be reached, or the connection broke. */
    CONNECTION,
    /** The server did not answer in time. */
    TIMEOUT,
    /** The key holds another type of value. */
    WRONG_TYPE,
    /** The entry is damaged, or is not what its key says. */
    UNREADABLE,
    /** The entry is of a newer format: a newer release runs beside this one. */
    NEWER_FORMAT,
    /** The server has no memory left for it. */
    OUT_OF_MEMORY,
    /** The server takes no writes. */
    READ_ONLY,
    /** The server denies access. */
    DENIED,
    /** The caller's thread was interrupted while it waited. */
    INTERRUPTED,
    /** Too many writes wait already. */
    OVERLOADED,
    /** The tier was not asked, because it failed too often just before. */
    CIRCUIT_OPEN,
    /** Anything else. */
    OTHER
}
