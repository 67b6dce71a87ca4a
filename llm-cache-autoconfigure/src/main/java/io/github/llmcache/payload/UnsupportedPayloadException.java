package io.github.llmcache.payload;

import org.jspecify.annotations.Nullable;

/** Says that answers of a type can't be cached, and what to write instead. */
public final class UnsupportedPayloadException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String action;

    /**
     * Creates the exception.
     *
     * @param problem what is wrong with the type
     * @param action what to write instead
     * @param cause the cause, or null
     */
    public UnsupportedPayloadException(String problem, String action, @Nullable Throwable cause) {
        super(problem, cause);
        this.action = action;
    }

    /** What to write instead. */
    public String action() {
        return action;
    }
}
