package io.github.llmcache.langchain4j;

import io.github.llmcache.payload.AnswerState;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.payload.PayloadCodec;
import io.github.llmcache.payload.PayloadException;
import io.github.llmcache.payload.TokenCount;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Vectors: their 32-bit floating-point numbers, the low byte first, as base64 in JSON. That is a third more than the bytes
 * themselves, and a half or less of the numbers as text.
 */
final class EmbeddedTextCodec implements PayloadCodec {

    static final EmbeddedTextCodec INSTANCE = new EmbeddedTextCodec();

    private static final String KIND = "Embedding";

    private EmbeddedTextCodec() {}

    @Override
    public Payload encode(Object answer) {
        EmbeddedText text = (EmbeddedText) answer;
        return Envelope.proven(KIND, () -> write(text), payload -> same(text, (EmbeddedText) decode(payload)));
    }

    @Override
    public Object decode(Payload payload) {
        return Envelope.read(KIND, payload, EmbeddedTextCodec::read);
    }

    /** A vector with a number that is none is of no use to anybody. */
    @Override
    public AnswerState stateOf(Object answer) {
        float[] vector = ((EmbeddedText) answer).vector();
        for (float number : vector) {
            if (!Float.isFinite(number)) {
                return AnswerState.UNKNOWN;
            }
        }
        return vector.length == 0 ? AnswerState.EMPTY : AnswerState.COMPLETE;
    }

    @Override
    public @Nullable TokenCount tokensOf(Object answer) {
        return ((EmbeddedText) answer).tokens();
    }

    private static ObjectNode write(EmbeddedText text) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Float.BYTES * text.vector().length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(text.vector());
        ObjectNode json = Envelope.create();
        json.put("dimension", text.vector().length);
        json.put("vector", Base64.getEncoder().encodeToString(bytes.array()));
        Envelope.put(json, "modelName", text.model());
        return json;
    }

    private static EmbeddedText read(Envelope from) {
        from.allow("dimension", "vector", "modelName");
        ByteBuffer bytes = ByteBuffer.wrap(
                        Base64.getDecoder().decode(from.required("vector").stringValue()))
                .order(ByteOrder.LITTLE_ENDIAN);
        float[] vector = new float[from.required("dimension").intValue()];
        if (bytes.capacity() != Float.BYTES * vector.length) {
            throw new PayloadException("A vector has not the dimension that its payload says", null);
        }
        bytes.asFloatBuffer().get(vector);
        return new EmbeddedText(vector, from.text("modelName"), null, null);
    }

    /** By their bits: two numbers that are equal may differ, as the two zeros do. */
    private static boolean same(EmbeddedText text, EmbeddedText back) {
        if (text.vector().length != back.vector().length) {
            return false;
        }
        for (int i = 0; i < text.vector().length; i++) {
            if (Float.floatToRawIntBits(text.vector()[i]) != Float.floatToRawIntBits(back.vector()[i])) {
                return false;
            }
        }
        return Objects.equals(text.model(), back.model());
    }
}
