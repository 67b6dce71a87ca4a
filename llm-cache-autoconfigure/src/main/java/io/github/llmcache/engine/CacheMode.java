package io.github.llmcache.engine;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a cache does at the moment. */
public enum CacheMode {

    /** Answers are looked up and stored. */
    ON,

    /** Answers are looked up; none is stored. */
    READ_ONLY,

    /** The model is always asked, and its answer is always stored. */
    REFRESH,

    /** Nothing is looked up or stored. */
    OFF;

    private final String id = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** The mode as it is written in settings, in Redis and over HTTP, such as {@code read-only}. */
    public String id() {
        return id;
    }

    /**
     * Reads a mode as {@link #id()} writes it, whatever its case.
     *
     * @param id the text
     * @return the mode, or null if the text is none
     */
    public static @Nullable CacheMode of(String id) {
        for (CacheMode mode : values()) {
            if (mode.id.equalsIgnoreCase(id)) {
                return mode;
            }
        }
        return null;
    }
}
