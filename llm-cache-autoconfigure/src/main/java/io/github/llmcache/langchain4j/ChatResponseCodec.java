package io.github.llmcache.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import io.github.llmcache.payload.AnswerState;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.payload.PayloadCodec;
import io.github.llmcache.payload.TokenCount;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Responses of a chat model: the message, and of the metadata what every provider has (id, model name, tokens, finish
 * reason). Metadata and token usage of a provider's own kind come back as the plain kind.
 */
final class ChatResponseCodec implements PayloadCodec {

    private static final String KIND = "ChatResponse";

    @Override
    public Payload encode(Object answer) {
        ChatResponse response = (ChatResponse) answer;
        return Envelope.proven(KIND, () -> write(response), payload -> same(response, (ChatResponse) decode(payload)));
    }

    @Override
    public Object decode(Payload payload) {
        return Envelope.read(KIND, payload, ChatResponseCodec::read);
    }

    @Override
    public AnswerState stateOf(Object answer) {
        return state((ChatResponse) answer);
    }

    /** Messages can't be changed but for what their attributes hold. */
    @Override
    public boolean isShareable(Object answer) {
        return ((ChatResponse) answer).aiMessage().attributes().isEmpty();
    }

    @Override
    public @Nullable TokenCount tokensOf(Object answer) {
        return Tokens.count(((ChatResponse) answer).tokenUsage());
    }

    static AnswerState state(ChatResponse response) {
        return AnswerStates.of(response.finishReason(), AnswerStates.of(response.aiMessage()));
    }

    static ObjectNode write(ChatResponse response) {
        ObjectNode json = Envelope.create();
        json.set("answer", AiMessageCodec.write(response.aiMessage()));
        Envelope.put(json, "id", response.id());
        Envelope.put(json, "modelName", response.modelName());
        Tokens.write(response.tokenUsage(), json);
        Envelope.put(json, response.finishReason());
        return json;
    }

    static ChatResponse read(Envelope from) {
        from.allow("answer", "id", "modelName", "tokens", "finishReason");
        return ChatResponse.builder()
                .aiMessage(AiMessageCodec.read(Envelope.of(from.required("answer"), KIND)))
                .id(from.text("id"))
                .modelName(from.text("modelName"))
                .tokenUsage(Tokens.read(from))
                .finishReason(from.finishReason())
                .build();
    }

    static boolean same(@Nullable ChatResponse response, @Nullable ChatResponse back) {
        if (response == null || back == null) {
            return response == null && back == null;
        }
        return response.getClass() == back.getClass()
                && response.aiMessage().equals(back.aiMessage())
                && Objects.equals(response.id(), back.id())
                && Objects.equals(response.modelName(), back.modelName())
                && Tokens.same(response.tokenUsage(), back.tokenUsage())
                && response.finishReason() == back.finishReason();
    }
}
