package io.github.llmcache.bulkhead;

import io.github.llmcache.engine.LoadRefusedException;
import org.jspecify.annotations.Nullable;

/**
 * Says that the model was not asked, because it is asked as often at the moment as is allowed.
 *
 * <p>Its message names the limit and what to set.
 */
public final class TooManyLoadsException extends LoadRefusedException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param limit how many calls of the model there may be at a time
     * @param cause the interruption that ended the wait, or null
     */
    public TooManyLoadsException(int limit, @Nullable Throwable cause) {
        super(
                "The model is asked by " + limit
                        + " calls already, and no more are allowed at a time in this JVM. Raise"
                        + " llm-cache.bulkhead.max-concurrent-calls if the model can take more, or"
                        + " llm-cache.bulkhead.max-wait to let blocking calls wait longer",
                cause);
    }
}
