package io.github.llmcache.explain;

import io.github.llmcache.tier.FailureKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The entries that are most like what was asked.
 *
 * @param entries the entries, the nearest first
 * @param compared how many entries were looked at
 * @param complete whether these were all of the cache: the search ends after so many entries, or so much time
 * @param problem what ended the search, or null
 */
public record NearestEntries(
        List<NearEntry> entries,
        int compared,
        boolean complete,
        @Nullable FailureKind problem) {

    /** Copies the list. */
    public NearestEntries {
        entries = List.copyOf(entries);
    }
}
