package io.github.llmcache.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one call asks of the cache, by the names and meanings of HTTP's {@code Cache-Control} (RFC 9111, section 5.2.1).
 *
 * <p>Given by {@link PromptCallDirectives}, or as an argument of the cached method: a parameter of this type is never part
 * of the key.
 *
 * @param noCache the model is asked, and its answer is stored
 * @param noStore the method is called, and nothing is looked up or kept
 * @param onlyIfCached the method is not called; where the cache has no answer, {@link PromptNotCachedException} is thrown
 * @param maxAge how old an answer from the cache may be, not negative, or null for any age
 */
public record PromptDirectives(
        boolean noCache,
        boolean noStore,
        boolean onlyIfCached,
        @Nullable Duration maxAge) {

    /** Nothing asked. */
    public static final PromptDirectives NONE = new PromptDirectives(false, false, false, null);

    /** {@code no-cache}: the model is asked, and its answer is stored. */
    public static final PromptDirectives NO_CACHE = new PromptDirectives(true, false, false, null);

    /** {@code no-store}: nothing is looked up or kept. */
    public static final PromptDirectives NO_STORE = new PromptDirectives(false, true, false, null);

    /** {@code only-if-cached}: the method is not called. */
    public static final PromptDirectives ONLY_IF_CACHED = new PromptDirectives(false, false, true, null);

    /** Checks the age. */
    public PromptDirectives {
        if (maxAge != null && maxAge.isNegative()) {
            throw new IllegalArgumentException("max-age is not negative, not " + maxAge);
        }
    }

    /**
     * {@code max-age}: no answer is older.
     *
     * @param age how old an answer from the cache may be, not negative
     * @return the directives
     */
    public static PromptDirectives maxAge(Duration age) {
        return new PromptDirectives(false, false, false, age);
    }

    /**
     * Asks for what both ask for; of two ages the smaller one counts.
     *
     * @param other the other directives
     * @return both
     */
    public PromptDirectives and(PromptDirectives other) {
        Duration age = maxAge;
        if (age == null || other.maxAge != null && other.maxAge.compareTo(age) < 0) {
            age = other.maxAge;
        }
        return new PromptDirectives(
                noCache || other.noCache, noStore || other.noStore, onlyIfCached || other.onlyIfCached, age);
    }
}
