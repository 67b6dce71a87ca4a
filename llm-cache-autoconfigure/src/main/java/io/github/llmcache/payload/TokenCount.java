package io.github.llmcache.payload;

/**
 * How many tokens a model's answer took.
 *
 * @param input tokens of the prompt, 0 where unknown
 * @param output tokens of the answer, 0 where unknown
 */
public record TokenCount(long input, long output) {

    /** Checks that neither count is negative. */
    public TokenCount {
        if (input < 0 || output < 0) {
            throw new IllegalArgumentException("Token counts are not negative: " + input + ", " + output);
        }
    }
}
