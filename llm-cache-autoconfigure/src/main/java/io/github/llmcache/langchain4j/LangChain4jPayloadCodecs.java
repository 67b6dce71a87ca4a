package io.github.llmcache.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.Response;
import io.github.llmcache.payload.PayloadCodec;
import io.github.llmcache.payload.PayloadCodecFactory;
import io.github.llmcache.payload.PayloadCodecs;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * Makes the codecs of what LangChain4j's models answer: {@code AiMessage}, {@code ChatResponse} and {@code Response<T>}.
 *
 * <p>Thread-safe. Answers read back equal, with two exceptions: metadata and token usage of a provider's own class come
 * back as {@code ChatResponseMetadata} and {@code TokenUsage}, with what every provider has.
 */
public final class LangChain4jPayloadCodecs implements PayloadCodecFactory {

    /** Creates the factory. */
    public LangChain4jPayloadCodecs() {}

    @Override
    public @Nullable PayloadCodec create(Type type, PayloadCodecs codecs) {
        if (type == AiMessage.class) {
            return new AiMessageCodec();
        }
        if (type == ChatResponse.class) {
            return new ChatResponseCodec();
        }
        ContentCodec contents = ContentCodec.of(type, Response.class, codecs);
        return contents == null ? null : new ResponseCodec(contents);
    }
}
