package io.github.llmcache.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.service.Result;
import io.github.llmcache.payload.AnswerState;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.payload.PayloadCodec;
import io.github.llmcache.payload.PayloadException;
import io.github.llmcache.payload.TokenCount;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Results of an AI service: the content by the codec of its type, tokens, finish reason, sources and the model's final
 * response. A result whose tools ran is not kept: its answer rests on what the tools said at that time.
 */
final class ResultCodec implements PayloadCodec {

    private static final String KIND = "Result";

    private final ContentCodec contents;

    ResultCodec(ContentCodec contents) {
        this.contents = contents;
    }

    @Override
    public Payload encode(Object answer) {
        Result<?> result = (Result<?>) answer;
        if (toolsRan(result)) {
            throw new PayloadException("A Result whose tools ran is not kept", null);
        }
        Object content = result.content();
        if (content == null) {
            throw new PayloadException("A Result without content is not kept", null);
        }
        return Envelope.proven(
                KIND, () -> write(result, content), payload -> same(result, content, (Result<?>) decode(payload)));
    }

    @Override
    public Object decode(Payload payload) {
        return Envelope.read(KIND, payload, this::read);
    }

    @Override
    public AnswerState stateOf(Object answer) {
        Result<?> result = (Result<?>) answer;
        if (toolsRan(result)) {
            return AnswerState.TOOL_CALL;
        }
        return AnswerStates.of(result.finishReason(), contentState(result));
    }

    @Override
    public @Nullable TokenCount tokensOf(Object answer) {
        return Tokens.count(((Result<?>) answer).tokenUsage());
    }

    private AnswerState contentState(Result<?> result) {
        Object content = result.content();
        AnswerState state = content == null ? AnswerState.EMPTY : contents.stateOf(content);
        ChatResponse last = result.finalResponse();
        // The final response tells how the model ended where the result itself is silent.
        boolean silent = state == AnswerState.COMPLETE && result.finishReason() == null && last != null;
        return silent ? ChatResponseCodec.state(last) : state;
    }

    private static boolean toolsRan(Result<?> result) {
        ChatResponse last = result.finalResponse();
        return !result.toolExecutions().isEmpty()
                || !result.intermediateResponses().isEmpty()
                || (last != null && last.aiMessage().hasToolExecutionRequests());
    }

    private ObjectNode write(Result<?> result, Object content) {
        ObjectNode json = Envelope.create();
        json.set("content", contents.write(content));
        Tokens.write(result.tokenUsage(), json);
        Envelope.put(json, result.finishReason());
        if (!result.sources().isEmpty()) {
            Sources.write(result.sources(), json.putArray("sources"));
        }
        if (result.finalResponse() != null) {
            json.set("finalResponse", ChatResponseCodec.write(result.finalResponse()));
        }
        return json;
    }

    private Result<Object> read(Envelope from) {
        from.allow("content", "tokens", "finishReason", "sources", "finalResponse");
        JsonNode sources = from.optional("sources");
        Envelope last = from.object("finalResponse");
        return Result.<Object>builder()
                .content(contents.read(from.required("content")))
                .tokenUsage(Tokens.read(from))
                .finishReason(from.finishReason())
                .sources(sources == null ? List.of() : Sources.read(sources))
                .finalResponse(last == null ? null : ChatResponseCodec.read(last))
                .build();
    }

    private boolean same(Result<?> result, Object content, Result<?> back) {
        return result.getClass() == back.getClass()
                && contents.same(content, back.content())
                && Tokens.same(result.tokenUsage(), back.tokenUsage())
                && result.finishReason() == back.finishReason()
                && Sources.same(result.sources(), back.sources())
                && ChatResponseCodec.same(result.finalResponse(), back.finalResponse());
    }
}
