package io.github.llmcache.sample.model;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import java.time.Duration;

/**
 * What the built-in model answers: always the same to the same question.
 *
 * @param delay how long it thinks
 */
record DemoAnswers(Duration delay) {

    ChatResponse to(ChatRequest request) {
        String answer = answerTo(question(request));
        return ChatResponse.builder()
                .aiMessage(AiMessage.from(answer))
                .tokenUsage(new TokenUsage(tokens(request.messages().toString()), tokens(answer)))
                .modelName(AnsweringModel.DEMO)
                .finishReason(FinishReason.STOP)
                .build();
    }

    // About what a real model counts: a token for four characters.
    private static int tokens(String text) {
        return text.length() / 4 + 1;
    }

    private static String question(ChatRequest request) {
        return request.messages().stream()
                .filter(UserMessage.class::isInstance)
                .map(message -> ((UserMessage) message).singleText())
                .reduce("", (earlier, later) -> later);
    }

    private String answerTo(String question) {
        String asked = question.strip();
        return """
                You asked: “%s”

                I am the built-in demo model. I know nothing, but like a real model I take my time: %s for every \
                question that I am asked. Ask the same again, in capitals or with more spaces if you like, and you \
                will read this at once, because then the cache answers and I am not asked at all.

                For answers that mean something, start the sample with OPENAI_API_KEY, OPENAI_BASE_URL, \
                ANTHROPIC_API_KEY or GEMINI_API_KEY set.""".formatted(asked, inWords(delay));
    }

    private static String inWords(Duration delay) {
        return delay.toMillis() < 1000 ? delay.toMillis() + " ms" : delay.toMillis() / 1000.0 + " seconds";
    }
}
