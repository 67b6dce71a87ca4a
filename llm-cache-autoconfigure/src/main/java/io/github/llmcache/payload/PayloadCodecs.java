package io.github.llmcache.payload;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the codec of a type among the factories.
 *
 * <p>Thread-safe. A codec is made anew for each question: callers keep it.
 */
public final class PayloadCodecs {

    private final List<PayloadCodecFactory> factories;

    /**
     * Creates the lookup.
     *
     * @param factories factories that are asked, in their order, before the JSON codec that takes every other type
     */
    public PayloadCodecs(List<? extends PayloadCodecFactory> factories) {
        List<PayloadCodecFactory> all = new ArrayList<>(factories);
        all.add(new JsonPayloadCodecFactory());
        this.factories = List.copyOf(all);
    }

    /**
     * Finds the codec of a type.
     *
     * @param type the type of the answers, with its generics
     * @return its codec
     * @throws UnsupportedPayloadException if answers of this type can't be cached
     */
    public PayloadCodec forType(Type type) {
        for (PayloadCodecFactory factory : factories) {
            PayloadCodec codec = factory.create(type, this);
            if (codec != null) {
                return codec;
            }
        }
        throw new IllegalStateException("The last factory takes every type");
    }
}
