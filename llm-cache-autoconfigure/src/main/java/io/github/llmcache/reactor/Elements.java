package io.github.llmcache.reactor;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** Reads of what a publisher's type is a publisher. */
final class Elements {

    private Elements() {}

    /** The type of the elements, or null if the type is not the publisher's; a raw one says {@code Object}. */
    static @Nullable Type of(Type returned, Class<?> publisher) {
        if (returned instanceof ParameterizedType parameterized) {
            return parameterized.getRawType() == publisher ? parameterized.getActualTypeArguments()[0] : null;
        }
        return returned == publisher ? Object.class : null;
    }
}
