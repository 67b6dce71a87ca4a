package io.github.llmcache.key;

/** How an entry's key looks to a person who reads Redis. */
public enum KeyStyle {
    /** The digest alone: {@code prompt:<digest>}. The default. */
    DIGEST,
    /**
     * The prompt's beginning and a part of the digest: {@code prompt:explain transformers~<22 characters>}. Long or
     * unprintable prompts fall back to {@link #DIGEST}.
     */
    READABLE
}
