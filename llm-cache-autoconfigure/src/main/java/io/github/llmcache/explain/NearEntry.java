package io.github.llmcache.explain;

import io.github.llmcache.tier.StoredEntry;
import java.util.List;

/**
 * An entry that a request did not find, because they differ.
 *
 * @param stored the entry
 * @param differences the components in which they differ; none where it answers the very same request under another key of the
 *     tier, as after the style of keys was changed
 * @param unknown the components of which the entry does not tell whether they differ
 * @param equal how many components are the same
 * @param similarity how many of their words the prompts share, from 0 to 1; 0 where one is not known
 */
public record NearEntry(
        StoredEntry stored,
        List<Difference> differences,
        List<RequestComponent> unknown,
        int equal,
        double similarity) {

    /** Copies the lists. */
    public NearEntry {
        differences = List.copyOf(differences);
        unknown = List.copyOf(unknown);
    }

    /** Names the digest, never the prompt or the answer. */
    @Override
    public String toString() {
        return "NearEntry[" + stored.entry().digest() + "]";
    }
}
