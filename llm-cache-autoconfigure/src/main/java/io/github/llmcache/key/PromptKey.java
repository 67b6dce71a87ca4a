package io.github.llmcache.key;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The key of an answer.
 *
 * @param cache the name of the cache
 * @param digest the SHA-256 of the canonical request, base64url without padding, 43 characters
 * @param prompt the normalized prompt, for people to read, or null where the request has none; it does not identify
 */
public record PromptKey(
        String cache, String digest, @Nullable String prompt) {

    /** Checks that a cache and a digest are there. */
    public PromptKey {
        Objects.requireNonNull(cache, "cache");
        Objects.requireNonNull(digest, "digest");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PromptKey that && digest.equals(that.digest) && cache.equals(that.cache);
    }

    @Override
    public int hashCode() {
        return digest.hashCode();
    }

    /** Names the cache and the digest, never the prompt. */
    @Override
    public String toString() {
        return cache + ":" + digest;
    }
}
