package io.github.llmcache.usage;

import io.github.llmcache.engine.LoadRefusedException;
import org.jspecify.annotations.Nullable;

/** Says that the model was not asked, or usage not read, because Redis does not tell what is used. */
public final class UsageUnavailableException extends LoadRefusedException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param cause why it does not, or null where it was not asked after it had just failed
     */
    public UsageUnavailableException(@Nullable Throwable cause) {
        super("Redis does not tell what is used. See llm-cache.usage.on-redis-down", cause);
    }
}
