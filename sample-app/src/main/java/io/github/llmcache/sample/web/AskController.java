package io.github.llmcache.sample.web;

import io.github.llmcache.sample.Assistant;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Passes a question to the assistant and says how the cache took part. */
@RestController
class AskController {

    private final Assistant assistant;
    private final ObservedAnswers answers;

    AskController(Assistant assistant, ObservedAnswers answers) {
        this.assistant = assistant;
        this.answers = answers;
    }

    @PostMapping("/api/ask")
    ResponseEntity<Answer> ask(@RequestBody Question question) {
        String prompt = question.checkedPrompt();
        return answers.to(prompt, () -> assistant.ask(prompt)).asResponse();
    }
}
