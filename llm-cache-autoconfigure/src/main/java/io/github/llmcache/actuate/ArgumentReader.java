package io.github.llmcache.actuate;

import io.github.llmcache.interceptor.CachedMethod;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/** Makes the arguments of a method out of a JSON array. */
final class ArgumentReader {

    /** Decimals keep all their digits until their type is known. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    /** Reads each value as whoever calls the method would: a decimal of no certain type is a {@code double}. */
    private static final JsonMapper VALUES = JsonMapper.builder().build();

    private ArgumentReader() {}

    static @Nullable Object[] read(CachedMethod method, @Nullable String text) {
        List<Type> types = method.parameterTypes();
        JsonNode array = array(text == null || text.isBlank() ? "[]" : text);
        if (!array.isArray() || array.size() != types.size()) {
            throw RefusedRequestException.bad(
                    "The arguments of " + method.signature() + " are the text of a JSON array of "
                            + types.size() + (types.size() == 1 ? " value" : " values")
                            + ", such as \"[\\\"What is RAG?\\\"]\"; null where there is none");
        }
        @Nullable Object[] arguments = new @Nullable Object[types.size()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = read(array.get(i), types.get(i), i + 1);
        }
        return arguments;
    }

    private static JsonNode array(String text) {
        try {
            return JSON.readTree(text);
        } catch (JacksonException ex) {
            // Its message can quote the text.
            throw RefusedRequestException.bad(
                    "The arguments are no JSON: they are the text of a JSON array, such as \"[\\\"What is RAG?\\\","
                            + " 3]\"");
        }
    }

    private static @Nullable Object read(JsonNode value, Type type, int number) {
        boolean primitive = type instanceof Class<?> raw && raw.isPrimitive();
        if (value.isNull() && !primitive) {
            return null;
        }
        try {
            Object argument = value.isNull()
                    ? null
                    : VALUES.readValue(value.toString(), VALUES.getTypeFactory().constructType(type));
            if (argument != null) {
                return argument;
            }
        } catch (RuntimeException | LinkageError ex) {
            // Told below: constructors of parameters may throw anything, and Jackson quotes the text.
        }
        throw RefusedRequestException.bad("Argument " + number + " can't be read as a " + type.getTypeName());
    }
}
