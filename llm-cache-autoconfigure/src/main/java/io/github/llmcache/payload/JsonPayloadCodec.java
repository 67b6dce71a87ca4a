package io.github.llmcache.payload;

import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
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
        boolean same = sameShape(answer, back) && (answer.equals(back) || Arrays.equals(json, write(back)));
        if (!same) {
            throw new PayloadException(
                    "A " + answer.getClass().getName() + " does not read back from JSON as it is, declared as "
                            + type.toCanonical(),
                    null);
        }
        return Payload.of(json);
    }

    @Override
    public Object decode(Payload payload) {
        try {
            Object answer = reader.readValue(payload.bytes(), payload.offset(), payload.length());
            if (answer == null) {
                throw new PayloadException("A payload holds no " + type.toCanonical(), null);
            }
            return answer;
        } catch (JacksonException ex) {
            // Jackson's own message can quote the content, so neither it nor the cause is carried on.
            throw new PayloadException(
                    "A payload is no " + type.toCanonical() + " ("
                            + ex.getClass().getSimpleName() + ")",
                    null);
        }
    }

    @Override
    public AnswerState stateOf(Object answer) {
        boolean empty = answer instanceof CharSequence text && text.toString().isBlank()
                || answer instanceof Optional<?> optional && optional.isEmpty()
                || answer instanceof Optional<?> full && full.isPresent() && stateOf(full.get()) == AnswerState.EMPTY
                || answer instanceof Collection<?> collection && collection.isEmpty()
                || answer instanceof Map<?, ?> map && map.isEmpty()
                || answer.getClass().isArray() && Array.getLength(answer) == 0;
        return empty ? AnswerState.EMPTY : AnswerState.COMPLETE;
    }

    private byte[] write(Object answer) {
        try {
            return writer.writeValueAsBytes(answer);
        } catch (JacksonException ex) {
            throw new PayloadException(
                    "A " + answer.getClass().getName() + " can't be written as JSON ("
                            + ex.getClass().getSimpleName() + ")",
                    null);
        }
    }

    private static boolean sameShape(Object answer, Object back) {
        if (answer instanceof List<?> list && back instanceof List<?> other) {
            return sameShapes(list, other);
        }
        if (answer instanceof Collection<?> collection && back instanceof Collection<?> other) {
            return collection.size() == other.size();
        }
        if (answer instanceof Map<?, ?> map && back instanceof Map<?, ?> other) {
            return map.size() == other.size() && sameValues(map, other);
        }
        if (answer instanceof Optional<?> optional && back instanceof Optional<?> other) {
            return optional.isPresent() == other.isPresent()
                    && (optional.isEmpty() || sameShape(optional.get(), other.get()));
        }
        return answer.getClass() == back.getClass();
    }

    private static boolean sameShapes(List<?> list, List<?> other) {
        if (list.size() != other.size()) {
            return false;
        }
        Iterator<?> others = other.iterator();
        for (Object element : list) {
            Object match = others.next();
            if (element == null ? match != null : match == null || !sameShape(element, match)) {
                return false;
            }
        }
        return true;
    }

    private static boolean sameValues(Map<?, ?> map, Map<?, ?> other) {
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            Object value = entry.getValue();
            Object match = other.get(entry.getKey());
            if (value == null ? match != null : match == null || !sameShape(value, match)) {
                return false;
            }
        }
        return true;
    }
}
