package io.github.llmcache.usage.dedup;

import java.util.Collection;
import java.util.List;

/**
 * Tells which prompts were seen before, by any application that shares the name: a prompt is seen first once.
 *
 * <pre>{@code
 * List<String> toAsk = deduplicator.unseen("nightly-import", prompts);
 * }</pre>
 *
 * <p>Prompts that the cache folds to the same are the same. The first prompt under a name begins a window, at whose end all
 * prompts of the name are forgotten together. A prompt that was told to be seen first is taken as seen from then on,
 * whatever becomes of it. Thread-safe.
 */
public interface PromptDeduplicator {

    /**
     * Takes down a prompt, and tells whether it was not seen before.
     *
     * @param name what the prompts are seen for; each name has its own
     * @param prompt the prompt; only its digest is kept
     * @return true for one of all who ask in the window
     * @throws DeduplicationUnavailableException if nobody can tell; the prompt may have been taken down all the same
     * @throws IllegalArgumentException if the name is blank
     */
    boolean firstSeen(String name, String prompt);

    /**
     * Takes down prompts, and tells which of them were not seen before.
     *
     * @param name what the prompts are seen for; each name has its own
     * @param prompts the prompts; only their digests are kept
     * @return those that were not seen, in their order; of prompts that are the same the first
     * @throws DeduplicationUnavailableException if nobody can tell; any of the prompts may have been taken down all the
     *     same
     * @throws IllegalArgumentException if the name is blank
     */
    List<String> unseen(String name, Collection<String> prompts);
}
