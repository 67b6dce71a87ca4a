package io.github.llmcache.langchain4j;

import io.github.llmcache.payload.AnswerState;
import io.github.llmcache.payload.PayloadCodec;
import io.github.llmcache.payload.PayloadCodecs;
import io.github.llmcache.payload.TokenCount;
import io.github.llmcache.payload.UnsupportedPayloadException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The content of a generic answer, by the codec of its declared type. */
final class ContentCodec {

    private final PayloadCodec codec;

    private ContentCodec(PayloadCodec codec) {
        this.codec = codec;
    }

    /**
     * Finds the codec of the only type argument of a generic type.
     *
     * @return the codec, or null if the type is not the generic type
     * @throws UnsupportedPayloadException if the type does not say what its content is
     */
    static @Nullable ContentCodec of(Type type, Class<?> generic, PayloadCodecs codecs) {
        if (type == generic) {
            throw open(type, generic);
        }
        if (!(type instanceof ParameterizedType parameterized) || parameterized.getRawType() != generic) {
            return null;
        }
        Type content = parameterized.getActualTypeArguments()[0];
        if (content instanceof WildcardType || content instanceof TypeVariable) {
            throw open(type, generic);
        }
        return new ContentCodec(codecs.forType(content));
    }

    JsonNode write(Object content) {
        return Envelope.toTree(codec.encode(content));
    }

    Object read(JsonNode json) {
        return codec.decode(Envelope.toPayload(json));
    }

    AnswerState stateOf(Object content) {
        return codec.stateOf(content);
    }

    @Nullable
    TokenCount tokensOf(Object content) {
        return codec.tokensOf(content);
    }

    /** A type without an {@code equals} of its own is the same if it gives the same JSON. */
    boolean same(Object content, Object back) {
        return content.equals(back) || codec.encode(content).equals(codec.encode(back));
    }

    private static UnsupportedPayloadException open(Type type, Class<?> generic) {
        String name = generic.getSimpleName();
        return new UnsupportedPayloadException(
                type.getTypeName() + " does not say what its content is to be read back as",
                "Write the type of the content, such as " + name + "<String> or " + name
                        + "<Foo>, without ? or a type variable.",
                null);
    }
}
