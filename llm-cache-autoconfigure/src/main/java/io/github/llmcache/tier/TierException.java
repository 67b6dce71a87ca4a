package io.github.llmcache.tier;

import org.jspecify.annotations.Nullable;

/**
 * Says that a tier could not do what it was asked.
 *
 * <p>Never reaches the caller of a cached method. Its message names no content.
 */
public final class TierException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final FailureKind kind;

    /**
     * Creates the exception.
     *
     * @param kind what went wrong
     * @param message what happened, without content
     * @param cause the cause, or null
     */
    public TierException(FailureKind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** What went wrong. */
    public FailureKind kind() {
        return kind;
    }
}
