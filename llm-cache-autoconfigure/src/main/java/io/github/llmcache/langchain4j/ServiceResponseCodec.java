package io.github.llmcache.langchain4j;

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
 * Final responses of AI services that stream, with the sources that they were made from. One during which tools ran is not
 * kept: its answer rests on what the tools said at that time.
 */
final class ServiceResponseCodec implements PayloadCodec {

    /** One for all: a hit in memory is shared by those who read it with the same codec. */
    static final ServiceResponseCodec INSTANCE = new ServiceResponseCodec();

    private static final String KIND = "TokenStream";

    private ServiceResponseCodec() {}

    @Override
    public Payload encode(Object answer) {
        ServiceResponse response = ServiceResponse.of(answer);
        if (response.toolsRan()) {
            throw new PayloadException("A stream whose tools ran is not kept", null);
        }
        return Envelope.proven(
                KIND,
                () -> write(response),
                payload -> same(response, (ServiceResponse) Envelope.read(KIND, payload, ServiceResponseCodec::read)));
    }

    @Override
    public Object decode(Payload payload) {
        ServiceResponse back = (ServiceResponse) Envelope.read(KIND, payload, ServiceResponseCodec::read);
        return new CachedChatResponse(back.original(), back.sources());
    }

    @Override
    public AnswerState stateOf(Object answer) {
        return answer instanceof ServiceResponse response && response.toolsRan()
                ? AnswerState.TOOL_CALL
                : CachedResponseCodec.STREAMED.stateOf(answer);
    }

    /** The metadata of sources can be changed. */
    @Override
    public boolean isShareable(Object answer) {
        return ServiceResponse.of(answer).sources().isEmpty() && CachedResponseCodec.STREAMED.isShareable(answer);
    }

    @Override
    public @Nullable TokenCount tokensOf(Object answer) {
        return CachedResponseCodec.STREAMED.tokensOf(answer);
    }

    private static ObjectNode write(ServiceResponse response) {
        ObjectNode json = Envelope.create();
        json.set("response", ChatResponseCodec.write(response.original()));
        if (!response.sources().isEmpty()) {
            Sources.write(response.sources(), json.putArray("sources"));
        }
        return json;
    }

    private static ServiceResponse read(Envelope from) {
        from.allow("response", "sources");
        JsonNode sources = from.optional("sources");
        return new ServiceResponse(
                ChatResponseCodec.read(Envelope.of(from.required("response"), KIND)),
                false,
                sources == null ? List.of() : Sources.read(sources));
    }

    private static boolean same(ServiceResponse response, ServiceResponse back) {
        return ChatResponseCodec.same(response.original(), back.original())
                && Sources.same(response.sources(), back.sources());
    }
}
