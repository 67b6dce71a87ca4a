package io.github.llmcache.langchain4j;

import dev.langchain4j.data.image.Image;
import io.github.llmcache.payload.PayloadException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The values of metadata maps, which are declared as {@code Object}, so that each comes back as the type that it was.
 *
 * <p>What JSON itself tells apart stands plainly (text, Boolean, Integer, Double, list); every other known type is an
 * object with the type's short name. The names are fixed here and are no class names. Thread-safe.
 */
public final class TypedValues {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private TypedValues() {}

    /**
     * Writes values by their names.
     *
     * @param values the values by their names, which are texts or enum constants
     * @return the JSON
     * @throws PayloadException if a value or a name is of a type that would not come back as it is; it names the type
     */
    public static ObjectNode write(Map<?, ?> values) {
        ObjectNode json = NODES.objectNode();
        values.forEach((name, value) -> json.set(nameOf(name), write(value)));
        return json;
    }

    /**
     * Reads values by their names.
     *
     * @param json what was written
     * @return the values by their names, in a map that may be changed
     * @throws RuntimeException if the JSON was not written so, or by a release that knows more types
     */
    public static Map<String, Object> read(JsonNode json) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> property : json.asObject().properties()) {
            values.put(property.getKey(), readValue(property.getValue()));
        }
        return values;
    }

    private static String nameOf(@Nullable Object name) {
        if (name instanceof String text) {
            return text;
        }
        if (name instanceof Enum<?> constant) {
            return constant.name();
        }
        throw unknown("key", name);
    }

    private static JsonNode write(@Nullable Object value) {
        if (value == null) {
            return NODES.nullNode();
        } else if (value instanceof String text) {
            return NODES.stringNode(text);
        } else if (value instanceof Boolean flag) {
            return NODES.booleanNode(flag);
        } else if (value instanceof Integer number) {
            return NODES.numberNode(number);
        } else if (value instanceof Double number && Double.isFinite(number)) {
            return NODES.numberNode(number);
        } else if (value instanceof List<?> list) {
            ArrayNode array = NODES.arrayNode();
            list.forEach(element -> array.add(write(element)));
            return array;
        } else if (value instanceof Long number) {
            return NODES.objectNode().put("long", number);
        } else if (value instanceof Float number && Float.isFinite(number)) {
            return NODES.objectNode().put("float", number);
        } else if (value instanceof UUID uuid) {
            return NODES.objectNode().put("uuid", uuid.toString());
        } else if (value instanceof Image image) {
            ObjectNode json = NODES.objectNode();
            AiMessageCodec.write(image, json.putObject("image"));
            return json;
        } else if (value instanceof Map<?, ?> map) {
            return NODES.objectNode().set("map", write(map));
        }
        throw unknown("value", value);
    }

    private static @Nullable Object readValue(JsonNode json) {
        if (json.isNull()) {
            return null;
        } else if (json.isString()) {
            return json.stringValue();
        } else if (json.isBoolean()) {
            return json.booleanValue();
        } else if (json.isInt()) {
            return json.intValue();
        } else if (json.isFloatingPointNumber()) {
            return json.doubleValue();
        } else if (json.isArray()) {
            List<Object> list = new ArrayList<>();
            json.asArray().forEach(element -> list.add(readValue(element)));
            return list;
        }
        return readNamed(json);
    }

    private static Object readNamed(JsonNode json) {
        Map.Entry<String, JsonNode> named = json.properties().iterator().next();
        JsonNode value = named.getValue();
        return switch (named.getKey()) {
            case "long" -> value.longValue();
            case "float" -> value.floatValue();
            case "uuid" -> UUID.fromString(value.stringValue());
            case "image" -> AiMessageCodec.readImage(Envelope.of(value, "Image"));
            case "map" -> read(value);
            default ->
                throw new PayloadException("A payload has a value of a type that this release does not know", null);
        };
    }

    private static PayloadException unknown(String what, @Nullable Object value) {
        String type = value == null ? "null" : value.getClass().getName();
        return new PayloadException("A " + what + " of metadata does not read back from JSON as it is: " + type, null);
    }
}
