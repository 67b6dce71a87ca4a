package io.github.llmcache.langchain4j;

import dev.langchain4j.service.Result;
import io.github.llmcache.payload.PayloadCodec;
import io.github.llmcache.payload.PayloadCodecFactory;
import io.github.llmcache.payload.PayloadCodecs;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * Makes the codecs of what LangChain4j's AI services answer: {@code Result<T>}.
 *
 * <p>Thread-safe. It stands apart from {@link LangChain4jPayloadCodecs} because models can be used without AI services.
 * A result whose tools ran counts as a tool call and is not kept.
 */
public final class AiServicePayloadCodecs implements PayloadCodecFactory {

    /** Creates the factory. */
    public AiServicePayloadCodecs() {}

    @Override
    public @Nullable PayloadCodec create(Type type, PayloadCodecs codecs) {
        ContentCodec contents = ContentCodec.of(type, Result.class, codecs);
        return contents == null ? null : new ResultCodec(contents);
    }
}
