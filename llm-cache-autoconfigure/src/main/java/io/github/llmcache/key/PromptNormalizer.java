package io.github.llmcache.key;

/**
 * Folds prompts that mean the same into one text.
 *
 * <p>Implementations are thread-safe and idempotent: folding twice gives what folding once gave. A bean of this type
 * replaces the default one.
 */
@FunctionalInterface
public interface PromptNormalizer {

    /**
     * Folds a prompt.
     *
     * @param prompt the prompt as the caller wrote it
     * @param steps the steps that are on for this call
     * @return the folded prompt, which may be empty
     */
    String normalize(String prompt, NormalizationSteps steps);
}
