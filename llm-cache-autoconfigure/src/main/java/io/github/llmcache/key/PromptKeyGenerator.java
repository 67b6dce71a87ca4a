package io.github.llmcache.key;

/**
 * Makes the key of a request.
 *
 * <p>Implementations are thread-safe, give equal keys for equal requests in every JVM, and never give one key to two
 * different requests. A bean of this type replaces the default one, {@link CanonicalKeyGenerator}.
 */
@FunctionalInterface
public interface PromptKeyGenerator {

    /**
     * Makes the key of a request.
     *
     * @param request what was asked
     * @return the key
     * @throws UnstableArgumentException if an argument has no encoding that is the same in every JVM
     */
    PromptKey generate(PromptRequest request);
}
