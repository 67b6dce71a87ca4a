package io.github.llmcache.payload;

import java.lang.reflect.Array;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;

/**
 * JSON by Jackson, with a proof before an answer is kept: it has to read back as what it was.
 *
 * <p>The proof costs microseconds beside a model's seconds, and keeps out what JSON would quietly change: a subclass
 * that is not told in the JSON, a property that is written but not read.
 */
final class JsonPayloadCodec implements PayloadCodec {

    private final ObjectWriter writer;
    private final ObjectReader reader;
    private final JavaType type;

    JsonPayloadCodec(ObjectWriter writer, ObjectReader reader, JavaType type) {
        this.writer = writer;
        this.reader = reader;
        this.type = type;
    }

    @Override
    public Payload encode(Object answer) {
        byte[] json = write(answer);
        Object back = decode(Payload.of(json));
        if (!new Sameness(this::writeUntyped).of(answer, back)) {
            throw new PayloadException(
                    "A " + answer.getClass().getName() + " does not read back from JSON as it is, declared as "
                            + type.toCanonical(),
                    null);
        }
        return Payload.of(json);
    }

    @Override
    public Object decode(Payload payload) {
        String text = type.hasRawClass(String.class) ? unescaped(payload) : null;
        return text != null ? text : parse(payload);
    }

    /**
     * The text of a JSON string without escapes, such as an answer of one paragraph, for which no parser has to look at each
     * byte; null for anything else. The replacement character may stand for bytes that are no UTF-8.
     */
    private static @Nullable String unescaped(Payload payload) {
        byte[] bytes = payload.bytes();
        int start = payload.offset();
        int last = start + payload.length() - 1;
        if (last <= start || bytes[start] != '"' || bytes[last] != '"') {
            return null;
        }
        String text = new String(bytes, start + 1, last - start - 1, StandardCharsets.UTF_8);
        return text.indexOf('\\') < 0 && text.indexOf('"') < 0 && text.indexOf('\uFFFD') < 0 ? text : null;
    }

    private Object parse(Payload payload) {
        try {
            Object answer = reader.readValue(payload.bytes(), payload.offset(), payload.length());
            if (answer != null) {
                return answer;
            }
        } catch (RuntimeException ex) {
            // The message of Jackson, or of a class that it calls, can quote the content, so neither it nor the cause
            // is carried on.
            throw new PayloadException(
                    "A payload is no " + type.toCanonical() + " ("
                            + ex.getClass().getSimpleName() + ")",
                    null);
        }
        throw new PayloadException("A payload holds no " + type.toCanonical(), null);
    }

    @Override
    public AnswerState stateOf(Object answer) {
        boolean empty = answer instanceof CharSequence text && text.toString().isBlank()
                || answer instanceof Optional<?> optional && optional.isEmpty()
                || answer instanceof Optional<?> full && full.isPresent() && stateOf(full.get()) == AnswerState.EMPTY
                || answer instanceof OptionalInt whole && whole.isEmpty()
                || answer instanceof OptionalLong whole && whole.isEmpty()
                || answer instanceof OptionalDouble number && number.isEmpty()
                || answer instanceof Collection<?> collection && collection.isEmpty()
                || answer instanceof Map<?, ?> map && map.isEmpty()
                || answer.getClass().isArray() && Array.getLength(answer) == 0;
        return empty ? AnswerState.EMPTY : AnswerState.COMPLETE;
    }

    @Override
    public boolean isShareable(Object answer) {
        return Shareable.test(answer);
    }

    private byte[] write(Object answer) {
        return write(writer, answer);
    }

    private byte[] writeUntyped(Object part) {
        return write(writer.withoutRootName().forType((JavaType) null), part);
    }

    private static byte[] write(ObjectWriter writer, Object answer) {
        try {
            return writer.writeValueAsBytes(answer);
        } catch (RuntimeException ex) {
            throw new PayloadException(
                    "A " + answer.getClass().getName() + " can't be written as JSON ("
                            + ex.getClass().getSimpleName() + ")",
                    null);
        }
    }
}
