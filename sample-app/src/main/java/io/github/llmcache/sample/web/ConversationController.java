package io.github.llmcache.sample.web;

import io.github.llmcache.langchain4j.memory.ChatSession;
import io.github.llmcache.sample.Conversations;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Goes on with a conversation, which Redis keeps, so that it outlives this instance. */
@RestController
class ConversationController {

    // Nobody logs in here. Where somebody does, a conversation belongs to the user of the login.
    private static final String EVERYBODY = "everybody";

    private final Conversations conversations;
    private final ObservedAnswers answers;

    ConversationController(Conversations conversations, ObservedAnswers answers) {
        this.conversations = conversations;
        this.answers = answers;
    }

    @PostMapping("/api/conversations/{name}")
    ResponseEntity<Answer> say(@PathVariable String name, @RequestBody Question question) {
        String message = question.checkedPrompt();
        if (name.isBlank()) {
            throw new BadQuestionException("The conversation has no name.");
        }
        ChatSession session = new ChatSession(EVERYBODY, name);
        return answers.to(message, () -> conversations.say(session, message)).asResponse();
    }
}
