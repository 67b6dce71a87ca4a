package io.github.llmcache.langchain4j.memory;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ChatMessageDeserializer;
import dev.langchain4j.data.message.ChatMessageSerializer;
import dev.langchain4j.data.message.CustomMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import io.github.llmcache.langchain4j.TypedValues;
import io.github.llmcache.langchain4j.memory.ChatMemoryException.Reason;
import io.github.llmcache.payload.PayloadException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes conversations as a JSON array of messages, each in LangChain4j's own JSON but for its attributes, which that JSON
 * would bring back as other types.
 *
 * <p>Each message is read back before it is kept. Errors never hold the content.
 */
final class MessagesCodec {

    private static final String ATTRIBUTES = "attributes";

    // Fractions keep every digit on their way through the tree.
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /**
     * Writes a conversation.
     *
     * @param messages its messages
     * @param before what was read before: its messages are known to read back
     */
    byte[] write(List<ChatMessage> messages, Read before) {
        ArrayNode array = MAPPER.createArrayNode();
        for (ChatMessage message : messages) {
            JsonNode known = before.json().get(message);
            array.add(known == null ? proven(message) : known);
        }
        return MAPPER.writeValueAsBytes(array);
    }

    Read read(byte @Nullable [] json) {
        Read read = new Read(new ArrayList<>(), new IdentityHashMap<>());
        if (json == null) {
            return read;
        }
        try {
            if (!(MAPPER.readTree(json) instanceof ArrayNode array)) {
                throw unreadable("it is no JSON array");
            }
            for (JsonNode node : array) {
                ChatMessage message = readMessage(node);
                read.messages().add(message);
                read.json().put(message, node);
            }
            return read;
        } catch (ChatMemoryException ex) {
            throw ex;
        } catch (RuntimeException ex) {
            // Neither the message nor the cause is carried on: both can quote the content.
            throw unreadable(ex.getClass().getSimpleName());
        }
    }

    /**
     * A conversation that was read.
     *
     * @param messages its messages, in a list that may be changed
     * @param json what each of them was read from
     */
    record Read(List<ChatMessage> messages, Map<ChatMessage, JsonNode> json) {}

    static ChatMemoryException unreadable(String why) {
        return new ChatMemoryException(
                Reason.UNREADABLE,
                "A conversation in Redis (a key chat:<user>:<session>) can't be read: " + why
                        + ". It may be damaged, or written by a newer release or another program. It was left as it is:"
                        + " look at it with redis-cli, or delete it to begin a new conversation.");
    }

    private static JsonNode proven(ChatMessage message) {
        String type = message.getClass().getSimpleName();
        try {
            ObjectNode json = writeMessage(message);
            // Through the bytes, as Redis has it.
            if (message.equals(readMessage(MAPPER.readTree(MAPPER.writeValueAsBytes(json))))) {
                return json;
            }
        } catch (PayloadException ex) {
            throw refused(type + " can't be kept. " + ex.getMessage());
        } catch (RuntimeException ex) {
            throw refused(type + " can't be written as JSON (" + ex.getClass().getSimpleName() + ")");
        }
        throw refused(type + " does not read back from JSON as it is");
    }

    private static ChatMemoryException refused(String what) {
        return new ChatMemoryException(
                Reason.NOT_KEEPABLE,
                what
                        + ". Nothing was changed in Redis. Take out of the message what JSON can't hold, such as attributes of"
                        + " other types than texts, numbers, booleans, UUIDs, images, and lists and maps of these.");
    }

    private static ObjectNode writeMessage(ChatMessage message) {
        Map<String, Object> attributes = attributesOf(message);
        ChatMessage bare = attributes.isEmpty() ? message : withAttributes(message, Map.of());
        ObjectNode json = (ObjectNode) MAPPER.readTree(ChatMessageSerializer.messageToJson(bare));
        json.remove(ATTRIBUTES);
        if (message instanceof UserMessage user && "".equals(user.name())) {
            // LangChain4j's JSON leaves out what is empty.
            json.put("name", "");
        }
        if (!attributes.isEmpty()) {
            json.set(ATTRIBUTES, TypedValues.write(attributes));
        }
        return json;
    }

    private static ChatMessage readMessage(JsonNode from) {
        if (!(from instanceof ObjectNode object)) {
            throw new PayloadException("A message is no JSON object", null);
        }
        ObjectNode json = MAPPER.createObjectNode().setAll(object);
        JsonNode attributes = json.remove(ATTRIBUTES);
        ChatMessage message = ChatMessageDeserializer.messageFromJson(json.toString());
        return attributes == null ? message : withAttributes(message, TypedValues.read(attributes));
    }

    private static Map<String, Object> attributesOf(ChatMessage message) {
        @Nullable Map<String, Object> attributes = null;
        if (message instanceof UserMessage user) {
            attributes = user.attributes();
        } else if (message instanceof AiMessage ai) {
            attributes = ai.attributes();
        } else if (message instanceof ToolExecutionResultMessage result) {
            attributes = result.attributes();
        } else if (message instanceof CustomMessage custom) {
            attributes = custom.attributes();
        }
        return attributes == null ? Map.of() : attributes;
    }

    private static ChatMessage withAttributes(ChatMessage message, Map<String, Object> attributes) {
        if (message instanceof UserMessage user) {
            return user.toBuilder().attributes(attributes).build();
        } else if (message instanceof AiMessage ai) {
            return ai.toBuilder().attributes(attributes).build();
        } else if (message instanceof ToolExecutionResultMessage result) {
            return result.toBuilder().attributes(attributes).build();
        } else if (message instanceof CustomMessage) {
            return CustomMessage.from(attributes);
        }
        throw new PayloadException("A message of this type has no attributes", null);
    }
}
