package io.github.llmcache.interceptor;

import io.github.llmcache.key.PromptKey;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the keys of calls, so that a call with the very same arguments costs no folding and no hashing.
 *
 * <p>It holds prompts and scopes, and is bounded by their size. One that is an {@link
 * io.github.llmcache.tier.EvictionListener} too hears when they are to be forgotten. Implementations are thread-safe, forget whenever they like, and never
 * throw.
 */
public interface KeyMemo {

    /**
     * Finds the key of a call.
     *
     * @param asked all that the key was made from; equal only to what gives the same key
     * @return the key, or null where it is not remembered
     */
    @Nullable
    PromptKey find(Object asked);

    /**
     * Remembers the key of a call.
     *
     * @param asked all that the key was made from
     * @param key the key
     * @param characters how many characters both hold
     */
    void keep(Object asked, PromptKey key, long characters);
}
