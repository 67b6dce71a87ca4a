package io.github.llmcache.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.Response;
import io.github.llmcache.payload.PayloadCodec;
import io.github.llmcache.payload.PayloadCodecFactory;
import io.github.llmcache.payload.PayloadCodecs;
import io.github.llmcache.payload.UnsupportedPayloadException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * Makes the codecs of what LangChain4j's models answer: {@code AiMessage}, {@code ChatResponse} and {@code Response<T>}.
 *
 * <p>Thread-safe. Answers read back equal, with two exceptions: metadata and token usage of a provider's own class come
 * back as {@code ChatResponseMetadata} and {@code TokenUsage}, with what every provider has. Other classes of LangChain4j
 * as answers, and these ones inside a list or another type, are refused.
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
        if (contents != null) {
            return new ResponseCodec(contents);
        }
        refuseOthers(type, type);
        return null;
    }

    /** Refused at once, because the JSON codec would find out only with the first answer, and again with each. */
    private static void refuseOthers(Type type, Type whole) {
        if (type instanceof Class<?> raw && isLangChain4js(raw)) {
            throw new UnsupportedPayloadException(
                    whole.getTypeName() + " has a " + raw.getSimpleName() + " that can't be read back from JSON there",
                    "Return an AiMessage, a ChatResponse, a Response<String> or a Result<String>, or a String or a "
                            + "record made from it.",
                    null);
        }
        if (type instanceof ParameterizedType parameterized) {
            refuseOthers(parameterized.getRawType(), whole);
            for (Type argument : parameterized.getActualTypeArguments()) {
                refuseOthers(argument, whole);
            }
        }
    }

    private static boolean isLangChain4js(Class<?> type) {
        String name = type.getName();
        return !type.isEnum()
                && (name.startsWith("dev.langchain4j.data.") || name.startsWith("dev.langchain4j.model."));
    }
}
