package io.github.llmcache.sample;

import dev.langchain4j.service.Result;
import dev.langchain4j.service.SystemMessage;
import dev.langchain4j.service.UserMessage;
import dev.langchain4j.service.V;
import io.github.llmcache.annotation.CachedPrompt;

/** Answers questions, and remembers its answers. */
public interface Assistant {

    /** What the model is told before every question. */
    String INSTRUCTIONS = "You answer questions clearly and briefly, in plain text, in the language of the question.";

    /**
     * Answers a question.
     *
     * @param prompt the question
     * @return the answer, from the model or from the cache; it tells why it ended, so that half of one is not kept
     */
    // The question fills a template's variable. Were it the template itself, braces in it would be read as variables.
    @SystemMessage(INSTRUCTIONS)
    @UserMessage("{{prompt}}")
    @CachedPrompt(model = "${sample.model-name}")
    Result<String> ask(@V("prompt") String prompt);
}
