package io.github.llmcache.operations;

import io.github.llmcache.payload.Payload;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.json.JsonMapper;

/** One line that holds a JSON object, cut into its fields without a change of their bytes. Immutable. */
final class JsonLine {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Map<String, Payload> fields;

    private JsonLine(Map<String, Payload> fields) {
        this.fields = fields;
    }

    /** Reads a line, whole. */
    static JsonLine of(byte[] line) {
        try {
            // Jackson looks at the bytes of the texts that it reads only.
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line));
        } catch (CharacterCodingException ex) {
            throw new DamagedLineException("The line is not in UTF-8");
        }
        try (JsonParser parser = JSON.createParser(line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT
                    || parser.currentTokenLocation().getByteOffset() < 0) {
                throw new DamagedLineException("The line is no JSON object");
            }
            return new JsonLine(fields(line, parser));
        } catch (JacksonException ex) {
            // Its message can quote the content.
            throw new DamagedLineException("The line is no JSON");
        }
    }

    private static Map<String, Payload> fields(byte[] line, JsonParser parser) {
        Map<String, Payload> fields = new LinkedHashMap<>();
        JsonToken token = parser.nextToken();
        while (token == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            int start = (int) parser.currentTokenLocation().getByteOffset();
            parser.skipChildren();
            token = parser.nextToken();
            int end = (int) parser.currentTokenLocation().getByteOffset();
            while (end > start && (line[end - 1] <= ' ' && line[end - 1] >= 0 || line[end - 1] == ',')) {
                end--;
            }
            if (value != JsonToken.VALUE_NULL) {
                fields.put(name, Payload.of(line, start, Math.max(0, end - start)));
            }
        }
        if (token != JsonToken.END_OBJECT || parser.nextToken() != null) {
            throw new DamagedLineException("The line is no single JSON object");
        }
        return fields;
    }

    /** The JSON of a field. */
    Payload json(String name) {
        Payload field = fields.get(name);
        if (field == null) {
            throw new DamagedLineException("The line has no '" + name + "'");
        }
        return field;
    }

    /** The value of a field. */
    <T> T get(String name, Class<T> type) {
        Payload field = json(name);
        try {
            T value = JSON.readValue(field.bytes(), field.offset(), field.length(), type);
            if (value != null) {
                return value;
            }
        } catch (JacksonException ex) {
            // Said below; the message can quote the content.
        }
        throw new DamagedLineException("The line's '" + name + "' is no " + type.getSimpleName());
    }

    /** The value of a field, or null where it is left out. */
    <T> @Nullable T find(String name, Class<T> type) {
        return fields.containsKey(name) ? get(name, type) : null;
    }
}
