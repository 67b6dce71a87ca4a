package io.github.llmcache.model;

import org.jspecify.annotations.Nullable;

/** Says that what is kept of models can't be read or changed; its message holds nothing of what is kept. */
public class ModelConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what is wrong and what to do
     * @param cause the cause, or null
     */
    public ModelConfigException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
