package io.github.llmcache.sample.web;

import org.jspecify.annotations.Nullable;

/**
 * What is asked.
 *
 * @param prompt the question, which may be missing
 */
record Question(@Nullable String prompt) {

    static final int LONGEST = 8000;

    String checkedPrompt() {
        if (prompt == null) {
            throw new BadQuestionException("The prompt is missing: send {\"prompt\": \"…\"}.");
        }
        if (prompt.isBlank()) {
            throw new BadQuestionException("The prompt is blank.");
        }
        if (prompt.length() > LONGEST) {
            throw new BadQuestionException(
                    "The prompt has " + prompt.length() + " characters; at most " + LONGEST + " can be asked.");
        }
        return prompt;
    }
}
