package io.github.llmcache.langchain4j;

import dev.langchain4j.model.output.Response;
import io.github.llmcache.payload.AnswerState;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.payload.PayloadCodec;
import io.github.llmcache.payload.TokenCount;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Generic responses of a model: the content by the codec of its type, tokens, finish reason and metadata. Token usage of
 * a provider's own kind comes back as the plain kind; metadata that JSON can't carry makes the response unfit to be kept.
 */
final class ResponseCodec implements PayloadCodec {

    private static final String KIND = "Response";

    private final ContentCodec contents;

    ResponseCodec(ContentCodec contents) {
        this.contents = contents;
    }

    @Override
    public Payload encode(Object answer) {
        Response<?> response = (Response<?>) answer;
        return Envelope.proven(KIND, () -> write(response), payload -> same(response, (Response<?>) decode(payload)));
    }

    @Override
    public Object decode(Payload payload) {
        return Envelope.read(KIND, payload, this::read);
    }

    @Override
    public AnswerState stateOf(Object answer) {
        Response<?> response = (Response<?>) answer;
        return AnswerStates.of(response.finishReason(), contents.stateOf(response.content()));
    }

    @Override
    public @Nullable TokenCount tokensOf(Object answer) {
        Response<?> response = (Response<?>) answer;
        TokenCount tokens = Tokens.count(response.tokenUsage());
        return tokens == null ? contents.tokensOf(response.content()) : tokens;
    }

    private ObjectNode write(Response<?> response) {
        ObjectNode json = Envelope.create();
        json.set("content", contents.write(response.content()));
        Tokens.write(response.tokenUsage(), json);
        Envelope.put(json, response.finishReason());
        if (!response.metadata().isEmpty()) {
            json.set("metadata", TypedValues.write(response.metadata()));
        }
        return json;
    }

    private Response<Object> read(Envelope from) {
        from.allow("content", "tokens", "finishReason", "metadata");
        JsonNode metadata = from.optional("metadata");
        return Response.from(
                contents.read(from.required("content")),
                Tokens.read(from),
                from.finishReason(),
                metadata == null ? Map.of() : TypedValues.read(metadata));
    }

    private boolean same(Response<?> response, Response<?> back) {
        return response.getClass() == back.getClass()
                && contents.same(response.content(), back.content())
                && Tokens.same(response.tokenUsage(), back.tokenUsage())
                && response.finishReason() == back.finishReason()
                && response.metadata().equals(back.metadata());
    }
}
