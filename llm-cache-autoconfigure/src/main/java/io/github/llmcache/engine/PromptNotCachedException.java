package io.github.llmcache.engine;

/**
 * Says that a call asked for a cached answer only, and that there is none.
 *
 * <p>Its message names the cache, never what was asked.
 */
public final class PromptNotCachedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param cache the cache
     */
    public PromptNotCachedException(String cache) {
        super("The cache '" + cache + "' has no answer, and the call asked for a cached one only (only-if-cached)");
    }
}
