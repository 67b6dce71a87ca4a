package io.github.llmcache.metrics;

import java.util.Locale;

/** Writes constants as tag values. */
final class TagValues {

    private TagValues() {}

    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
