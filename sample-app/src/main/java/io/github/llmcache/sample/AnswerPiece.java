package io.github.llmcache.sample;

import org.jspecify.annotations.Nullable;

/**
 * A piece of an answer.
 *
 * @param text the text, empty in the last piece where a model tells tokens
 * @param tokens what the whole answer took, which the last piece tells, or null
 */
public record AnswerPiece(String text, @Nullable Tokens tokens) {

    /**
     * How many tokens an answer took.
     *
     * @param input tokens of the question and what else the model was told
     * @param output tokens of the answer
     */
    public record Tokens(int input, int output) {}

    static AnswerPiece of(String text) {
        return new AnswerPiece(text, null);
    }
}
