package io.github.llmcache.autoconfigure;

import org.jspecify.annotations.Nullable;

/** Says that a property {@code llm-cache.*} has a value that can't work, and what to write instead. */
public final class InvalidLlmCachePropertyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String action;

    /**
     * Creates the exception.
     *
     * @param property the property
     * @param value its value, or null where the value is not what is wrong
     * @param problem what is wrong
     * @param action what to write instead
     */
    public InvalidLlmCachePropertyException(String property, @Nullable Object value, String problem, String action) {
        super("The property " + property + (value == null ? "" : " is '" + value + "', which") + " " + problem + ".");
        this.action = action;
    }

    /** What to write instead. */
    public String action() {
        return action;
    }
}
