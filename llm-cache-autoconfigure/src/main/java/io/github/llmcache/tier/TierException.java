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
    private final @Nullable String remedy;

    /**
     * Creates the exception.
     *
     * @param kind what went wrong
     * @param message what happened, without content
     * @param cause the cause, or null
     */
    public TierException(FailureKind kind, String message, @Nullable Throwable cause) {
        this(kind, message, null, cause);
    }

    /**
     * Creates the exception, with what to do about it.
     *
     * @param kind what went wrong
     * @param message what happened, without content
     * @param remedy what somebody has to do, a sentence or more without content that may stand in a log, or null
     * @param cause the cause, or null
     */
    public TierException(FailureKind kind, String message, @Nullable String remedy, @Nullable Throwable cause) {
        super(remedy == null ? message : message + " " + remedy, cause);
        this.kind = kind;
        this.remedy = remedy;
    }

    /** What went wrong. */
    public FailureKind kind() {
        return kind;
    }

    /** What somebody has to do about it, or null where it ends by itself or is told elsewhere. */
    public @Nullable String remedy() {
        return remedy;
    }
}
