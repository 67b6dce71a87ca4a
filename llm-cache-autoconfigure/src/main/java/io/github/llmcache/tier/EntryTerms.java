package io.github.llmcache.tier;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an entry can be evicted by, besides its digest, its model and its cache.
 *
 * @param scope whose answer it is, or null where it is everybody's
 * @param key a digest of the explicit key of the method, or null where the method has none
 * @param tags what the answer was made from, each once; none blank
 */
public record EntryTerms(@Nullable String scope, @Nullable String key, List<String> tags) {

    /** No terms. */
    public static final EntryTerms NONE = new EntryTerms(null, null, List.of());

    /** Copies the tags, each once. */
    public EntryTerms {
        tags = tags.stream().distinct().toList();
    }

    /** Names nothing: scopes and tags name people and documents. */
    @Override
    public String toString() {
        return "EntryTerms[" + tags.size() + " tags]";
    }
}
