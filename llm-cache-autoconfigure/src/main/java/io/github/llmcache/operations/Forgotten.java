package io.github.llmcache.operations;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many answers of somebody were deleted.
 *
 * @param entries how many, by the names of the caches, of all that were looked into
 */
public record Forgotten(Map<String, Long> entries) {

    /** Copies the map. */
    public Forgotten {
        entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    /** How many in all caches. */
    public long total() {
        return entries.values().stream().mapToLong(Long::longValue).sum();
    }
}
