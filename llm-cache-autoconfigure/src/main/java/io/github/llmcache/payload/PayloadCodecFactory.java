package io.github.llmcache.payload;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * Makes codecs for the types that it knows.
 *
 * <p>Implementations are thread-safe. Beans of this type are asked, in their order, before the JSON codec that takes
 * every other type.
 */
@FunctionalInterface
public interface PayloadCodecFactory {

    /**
     * Makes the codec of a type.
     *
     * @param type the type of the answers, with its generics
     * @param codecs finds the codecs of the types inside it
     * @return the codec, or null if this factory does not know the type
     * @throws UnsupportedPayloadException if the type is this factory's but can't be cached
     */
    @Nullable
    PayloadCodec create(Type type, PayloadCodecs codecs);
}
