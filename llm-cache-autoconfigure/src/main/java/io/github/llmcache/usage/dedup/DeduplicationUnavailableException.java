package io.github.llmcache.usage.dedup;

import org.jspecify.annotations.Nullable;

/** Says that nobody can tell whether a prompt was seen before; its message holds nothing of the prompt. */
public final class DeduplicationUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what is wrong
     * @param cause the cause, or null
     */
    public DeduplicationUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
