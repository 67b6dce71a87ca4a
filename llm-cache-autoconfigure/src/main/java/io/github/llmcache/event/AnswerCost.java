package io.github.llmcache.event;

/**
 * What an answer cost when the model gave it: spent where the model was asked, saved where the answer is from the cache.
 *
 * @param inputTokens tokens of the prompt, 0 where unknown
 * @param outputTokens tokens of the answer, 0 where unknown
 * @param nanos the money in billionths of the currency of the model's prices, or -1 where no prices are registered
 */
public record AnswerCost(long inputTokens, long outputTokens, long nanos) {

    /** Whether the money is known. */
    public boolean isPriced() {
        return nanos >= 0;
    }

    /**
     * Adds what another part of the answer cost.
     *
     * @param other the other part
     * @return both together, without money where either's is not known
     */
    public AnswerCost plus(AnswerCost other) {
        return new AnswerCost(
                inputTokens + other.inputTokens,
                outputTokens + other.outputTokens,
                isPriced() && other.isPriced() ? nanos + other.nanos : -1);
    }
}
