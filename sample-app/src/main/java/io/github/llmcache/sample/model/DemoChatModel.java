package io.github.llmcache.sample.model;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.time.Duration;

/** Answers without a provider: slowly, as models do, and always the same. */
class DemoChatModel implements ChatModel {

    private final DemoAnswers answers;

    DemoChatModel(Duration delay) {
        this.answers = new DemoAnswers(delay);
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
        return ChatRequestParameters.builder().modelName(AnsweringModel.DEMO).build();
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        think();
        return answers.to(request);
    }

    private void think() {
        try {
            Thread.sleep(answers.delay().toMillis());
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The demo model was interrupted", ex);
        }
    }
}
