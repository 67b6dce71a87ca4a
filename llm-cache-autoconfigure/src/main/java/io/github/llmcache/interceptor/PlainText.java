package io.github.llmcache.interceptor;

import java.time.temporal.TemporalAccessor;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The texts of values that name somebody or something: scopes and tags.
 *
 * <p>Of values alone whose text is the same for equal ones and differs for others; the text of any other object may be the
 * same for two of them, or differ for one.
 */
final class PlainText {

    private PlainText() {}

    /** What an optional holds, or the value itself. */
    static @Nullable Object unwrap(@Nullable Object value) {
        return value instanceof Optional<?> optional ? optional.orElse(null) : value;
    }

    /** The text of a scope; null for a value that has none. */
    static @Nullable String ofScope(Object value) {
        return value instanceof Enum<?> constant
                ? constant.getDeclaringClass().getName() + "." + constant.name()
                : ofScalar(value);
    }

    /** The text of a tag or a part of one; null for a value that has none. */
    static @Nullable String ofTag(Object value) {
        if (value instanceof Enum<?> constant) {
            return constant.name();
        }
        return value instanceof Boolean || value instanceof TemporalAccessor ? value.toString() : ofScalar(value);
    }

    private static @Nullable String ofScalar(Object value) {
        boolean plain = value instanceof String
                || value instanceof UUID
                || value instanceof Character
                || value instanceof Number && value.getClass().getName().startsWith("java.");
        return plain ? value.toString() : null;
    }
}
