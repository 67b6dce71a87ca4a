package io.github.llmcache.key;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The key of an answer.
 *
 * @param cache the name of the cache
 * @param digest the SHA-256 of the canonical request, base64url without padding, 43 characters
 * @param prompt the normalized prompt, for people to read, or null where the request has none; it does not identify
 * @param model the model that is asked, or null where none is named; it says where the answer lies, and does not identify,
 *     since the digest is of the model too
 */
public record PromptKey(
        String cache,
        String digest,
        @Nullable String prompt,
        @Nullable String model) {

    /** Checks that a cache and a digest are there. */
    public PromptKey {
        Objects.requireNonNull(cache, "cache");
        Objects.requireNonNull(digest, "digest");
    }

    /**
     * Creates the key of a request that names no model.
     *
     * @param cache the name of the cache
     * @param digest the digest of the canonical request
     * @param prompt the normalized prompt, or null where the request has none
     */
    public PromptKey(String cache, String digest, @Nullable String prompt) {
        this(cache, digest, prompt, null);
    }

    /**
     * Says which model is asked.
     *
     * @param asked the model, or null where none is named
     * @return this key, or the same one with the model
     */
    public PromptKey ofModel(@Nullable String asked) {
        return Objects.equals(model, asked) ? this : new PromptKey(cache, digest, prompt, asked);
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
