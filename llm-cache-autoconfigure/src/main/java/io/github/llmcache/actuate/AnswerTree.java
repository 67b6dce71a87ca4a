package io.github.llmcache.actuate;

import com.fasterxml.jackson.annotation.JsonValue;
import io.github.llmcache.payload.Payload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Turns an answer or an argument into maps, lists and scalars, which every JSON mapper and JMX can write. */
final class AnswerTree {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private AnswerTree() {}

    /** The tree of an answer; its text, where it is no JSON. */
    static Object of(Payload payload) {
        try {
            return keepingNulls(MAPPER.readValue(payload.bytes(), payload.offset(), payload.length(), Object.class));
        } catch (JacksonException ex) {
            return payload.json();
        }
    }

    /** The tree of any value; what can't be written as JSON is named by its class. */
    static Object ofValue(@Nullable Object value) {
        if (value == null) {
            return Null.INSTANCE;
        }
        try {
            return keepingNulls(MAPPER.readValue(MAPPER.writeValueAsBytes(value), Object.class));
        } catch (RuntimeException | LinkageError | StackOverflowError ex) {
            return value.getClass().getName();
        }
    }

    private static Object keepingNulls(@Nullable Object value) {
        if (value instanceof Map<?, ?> object) {
            Map<String, Object> kept = new LinkedHashMap<>();
            object.forEach((name, member) -> kept.put(String.valueOf(name), keepingNulls(member)));
            return kept;
        }
        if (value instanceof List<?> array) {
            List<Object> kept = new ArrayList<>(array.size());
            array.forEach(element -> kept.add(keepingNulls(element)));
            return kept;
        }
        return value == null ? Null.INSTANCE : value;
    }

    /** The null of JSON; the mapper of endpoints leaves members out whose value is Java's. */
    private static final class Null {

        private static final Null INSTANCE = new Null();

        @JsonValue
        public @Nullable Object value() {
            return null;
        }
    }
}
