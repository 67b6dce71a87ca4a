package io.github.llmcache.sample;

import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import io.github.llmcache.annotation.CachedPrompt;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Answers questions piece by piece, and remembers the pieces. */
@Component
public class StreamingAssistant {

    private final StreamingChatModel model;
    private final Duration patience;

    StreamingAssistant(StreamingChatModel model, @Value("${sample.patience:60s}") Duration patience) {
        this.model = model;
        this.patience = patience;
    }

    /**
     * Answers a question.
     *
     * @param prompt the question
     * @return the pieces of the answer, from the model as it makes them, or from the cache; the last one, without text,
     *     tells the tokens of the whole
     */
    // A text that stands inside a method is in no key; as the version it is.
    @CachedPrompt(model = "${sample.model-name}", version = Assistant.INSTRUCTIONS)
    public Flux<AnswerPiece> ask(String prompt) {
        ChatRequest request = ChatRequest.builder()
                .messages(SystemMessage.from(Assistant.INSTRUCTIONS), UserMessage.from(prompt))
                .build();
        // A client's own timeout ends with the first byte: a stream that falls silent afterwards would never end.
        return Flux.<AnswerPiece>create(pieces -> model.chat(request, new PieceHandler(pieces)))
                .timeout(patience, Mono.error(() -> new TimeoutException("The model fell silent")));
    }
}
