package io.github.llmcache.payload;

import org.jspecify.annotations.Nullable;

/**
 * Says that an answer could not be written, or a payload not be read.
 *
 * <p>Its message never holds the content.
 */
public final class PayloadException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what happened, without content
     * @param cause the cause, or null
     */
    public PayloadException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
