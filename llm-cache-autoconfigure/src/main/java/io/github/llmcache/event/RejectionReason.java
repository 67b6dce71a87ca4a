package io.github.llmcache.event;

/** Why an answer was returned but not stored. */
public enum RejectionReason {
    /** The method returned null. */
    NULL,
    /** The answer was blank or empty. */
    EMPTY,
    /** The model was cut off. */
    TRUNCATED,
    /** A content filter took the answer or a part of it away. */
    FILTERED,
    /** The model asked for a tool to be run. */
    TOOL_CALL,
    /** The model ended for a reason that does not tell whether the answer is whole. */
    UNKNOWN_FINISH,
    /** The {@code unless} expression said so, or failed. */
    UNLESS,
    /** The {@code AdmissionPolicy} of the application said so, or failed. */
    POLICY,
    /** The answer is larger than {@code max-entry-size}. */
    TOO_LARGE,
    /** The answer would not read back from JSON as it is. */
    NOT_JSON,
    /** The thread was interrupted, or the future cancelled, while the method ran, so the answer may be a half one. */
    INTERRUPTED,
    /** An entry of a newer release stands under the key. */
    NEWER_FORMAT,
    /** What was asked was evicted while the method ran, so the answer may be made of what is no longer true. */
    EVICTED,
    /** The cache is switched to reading only. */
    READ_ONLY,
    /** It could not be told what the answer is to be evicted by. */
    TERMS,
    /** It was not known whether an eviction came meanwhile, because the tier failed when the method was called. */
    NO_LEASE
}
