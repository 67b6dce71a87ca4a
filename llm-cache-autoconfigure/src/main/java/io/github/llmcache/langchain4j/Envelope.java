package io.github.llmcache.langchain4j;

import dev.langchain4j.model.output.FinishReason;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.payload.PayloadException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON object around an answer, read strictly: what this release does not know or expects otherwise is refused.
 *
 * <p>Its errors never hold the content.
 */
final class Envelope {

    // Fractions keep every digit on their way through the tree.
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final ObjectNode json;
    private final String kind;

    private Envelope(ObjectNode json, String kind) {
        this.json = json;
        this.kind = kind;
    }

    static ObjectNode create() {
        return MAPPER.createObjectNode();
    }

    static Payload toPayload(JsonNode json) {
        return Payload.of(MAPPER.writeValueAsBytes(json));
    }

    static JsonNode toTree(Payload payload) {
        return MAPPER.readTree(payload.bytes(), payload.offset(), payload.length());
    }

    static JsonNode toTree(String json) {
        return MAPPER.readTree(json);
    }

    /**
     * Writes and proves an answer: whatever fails on the way is told without content.
     *
     * @param kind what the answer is, for the error
     * @param write makes the payload
     * @param proof whether the payload reads back as the answer
     */
    static Payload proven(String kind, Supplier<ObjectNode> write, Proof proof) {
        try {
            Payload payload = toPayload(write.get());
            if (proof.holds(payload)) {
                return payload;
            }
        } catch (PayloadException ex) {
            throw ex;
        } catch (RuntimeException ex) {
            // Neither the message nor the cause is carried on: both can quote the content.
            throw new PayloadException(
                    kind + " can't be written as JSON (" + ex.getClass().getSimpleName() + ")", null);
        }
        throw new PayloadException(kind + " does not read back from JSON as it is", null);
    }

    /**
     * Reads an answer: whatever fails on the way is told without content.
     *
     * @param kind what the answer is, for the error
     * @param payload the payload
     * @param read makes the answer
     */
    static Object read(String kind, Payload payload, Reading read) {
        try {
            return read.of(of(toTree(payload), kind));
        } catch (PayloadException ex) {
            throw ex;
        } catch (RuntimeException ex) {
            throw new PayloadException(
                    "A payload is no " + kind + " (" + ex.getClass().getSimpleName() + ")", null);
        }
    }

    static Envelope of(@Nullable JsonNode json, String kind) {
        if (json instanceof ObjectNode object) {
            return new Envelope(object, kind);
        }
        throw new PayloadException("A payload is no " + kind, null);
    }

    Envelope allow(String... names) {
        List<String> allowed = Arrays.asList(names);
        for (String name : json.propertyNames()) {
            if (!allowed.contains(name)) {
                throw new PayloadException(
                        "A payload of " + kind + " has a property that this release does not know", null);
            }
        }
        return this;
    }

    JsonNode required(String name) {
        JsonNode value = json.get(name);
        if (value == null) {
            throw new PayloadException("A payload of " + kind + " has no " + name, null);
        }
        return value;
    }

    @Nullable
    JsonNode optional(String name) {
        return json.get(name);
    }

    @Nullable
    Envelope object(String name) {
        JsonNode value = json.get(name);
        return value == null ? null : of(value, kind);
    }

    @Nullable
    String text(String name) {
        JsonNode value = json.get(name);
        return value == null ? null : value.stringValue();
    }

    @Nullable
    Integer integer(String name) {
        JsonNode value = json.get(name);
        return value == null ? null : Integer.valueOf(value.intValue());
    }

    static void put(ObjectNode to, String name, @Nullable String text) {
        if (text != null) {
            to.put(name, text);
        }
    }

    static void put(ObjectNode to, @Nullable FinishReason reason) {
        put(to, "finishReason", reason == null ? null : reason.name());
    }

    @Nullable
    FinishReason finishReason() {
        String name = text("finishReason");
        return name == null ? null : FinishReason.valueOf(name);
    }

    /** Reads an answer out of its envelope. */
    interface Reading {
        Object of(Envelope from) throws JacksonException;
    }

    /** Tells whether a payload reads back as the answer that it was made of. */
    interface Proof {
        boolean holds(Payload payload);
    }
}
