package io.github.llmcache.engine;

import org.jspecify.annotations.Nullable;

/**
 * Says that a {@link LoadGuard} did not let the model be asked.
 *
 * <p>Guards may throw subclasses that say more. The message names no content.
 */
public class LoadRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message why, without content
     * @param cause the cause, or null
     */
    public LoadRefusedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
