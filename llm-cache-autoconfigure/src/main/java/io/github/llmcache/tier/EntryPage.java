package io.github.llmcache.tier;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of entries.
 *
 * @param entries the entries that could be read
 * @param unreadable how many more there were that are damaged or of another release
 * @param next where the next page begins, or null after the last
 */
public record EntryPage(
        List<StoredEntry> entries, int unreadable, @Nullable String next) {

    /** Copies the list. */
    public EntryPage {
        entries = List.copyOf(entries);
    }
}
