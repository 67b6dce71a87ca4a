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
 * @param origin what else the key was made from, for people to be told, or null where that is not known; it does not identify
 */
public record PromptKey(
        String cache,
        String digest,
        @Nullable String prompt,
        @Nullable String model,
        @Nullable RequestOrigin origin) {

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
        this(cache, digest, prompt, null, null);
    }

    /**
     * Creates a key of which is not known what else it was made from.
     *
     * @param cache the name of the cache
     * @param digest the digest of the canonical request
     * @param prompt the normalized prompt, or null where the request has none
     * @param model the model that is asked, or null where none is named
     */
    public PromptKey(String cache, String digest, @Nullable String prompt, @Nullable String model) {
        this(cache, digest, prompt, model, null);
    }

    /** What an entry keeps of the key's origin, or null where that is not known. */
    public @Nullable RequestParts parts() {
        return origin == null ? null : origin.parts();
    }

    /**
     * Says which model is asked.
     *
     * @param asked the model, or null where none is named
     * @return this key, or the same one with the model
     */
    public PromptKey ofModel(@Nullable String asked) {
        return Objects.equals(model, asked) ? this : new PromptKey(cache, digest, prompt, asked, origin);
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
