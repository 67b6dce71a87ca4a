package io.github.llmcache.payload;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The codec of texts, which makes the JSON codec when the first text is read or written. Thread-safe. */
final class TextPayloadCodec implements PayloadCodec {

    private final Supplier<PayloadCodec> made;
    private volatile @Nullable PayloadCodec json;

    TextPayloadCodec(Supplier<PayloadCodec> made) {
        this.made = made;
    }

    @Override
    public Payload encode(Object answer) {
        return json().encode(answer);
    }

    @Override
    public Object decode(Payload payload) {
        return json().decode(payload);
    }

    @Override
    public AnswerState stateOf(Object answer) {
        return json().stateOf(answer);
    }

    @Override
    public boolean isShareable(Object answer) {
        return answer instanceof String;
    }

    private PayloadCodec json() {
        PayloadCodec current = json;
        if (current == null) {
            // Made twice at most, and either does.
            current = made.get();
            json = current;
        }
        return current;
    }
}
