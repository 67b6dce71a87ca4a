package io.github.llmcache.langchain4j;

import dev.langchain4j.data.image.Image;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessageDeserializer;
import dev.langchain4j.data.message.ChatMessageSerializer;
import io.github.llmcache.payload.AnswerState;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.payload.PayloadCodec;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Messages of a model: the message in LangChain4j's own JSON, and its images beside it, which that JSON would bring back
 * as maps.
 */
final class AiMessageCodec implements PayloadCodec {

    private static final String KIND = "AiMessage";

    @Override
    public Payload encode(Object answer) {
        AiMessage message = (AiMessage) answer;
        return Envelope.proven(KIND, () -> write(message), payload -> message.equals(decode(payload)));
    }

    @Override
    public Object decode(Payload payload) {
        return Envelope.read(KIND, payload, AiMessageCodec::read);
    }

    @Override
    public AnswerState stateOf(Object answer) {
        return AnswerStates.of((AiMessage) answer);
    }

    /** Messages can't be changed but for what their attributes hold. */
    @Override
    public boolean isShareable(Object answer) {
        return ((AiMessage) answer).attributes().isEmpty();
    }

    static ObjectNode write(AiMessage message) {
        ObjectNode json = Envelope.create();
        List<Image> images = message.images();
        if (images.isEmpty()) {
            json.set("message", Envelope.toTree(ChatMessageSerializer.messageToJson(message)));
            return json;
        }
        Map<String, Object> others = new LinkedHashMap<>(message.attributes());
        others.remove(AiMessage.GENERATED_IMAGES_KEY);
        AiMessage bare = message.toBuilder().attributes(others).build();
        json.set("message", Envelope.toTree(ChatMessageSerializer.messageToJson(bare)));
        ArrayNode array = json.putArray("images");
        images.forEach(image -> write(image, array.addObject()));
        return json;
    }

    static AiMessage read(Envelope from) {
        from.allow("message", "images");
        JsonNode json = from.required("message");
        AiMessage plain = readPlain(json);
        AiMessage message =
                plain == null ? (AiMessage) ChatMessageDeserializer.messageFromJson(json.toString()) : plain;
        JsonNode array = from.optional("images");
        if (array == null) {
            return message;
        }
        List<Image> images = new ArrayList<>();
        for (JsonNode image : array.asArray()) {
            images.add(readImage(Envelope.of(image, "Image")));
        }
        Map<String, Object> attributes = new LinkedHashMap<>(message.attributes());
        attributes.put(AiMessage.GENERATED_IMAGES_KEY, images);
        return message.toBuilder().attributes(attributes).build();
    }

    /**
     * Reads what nearly all messages are, a text and nothing else, without the way through LangChain4j's own JSON. Where
     * that is written otherwise, as by a codec of the application's own, this is not what was written, and so not stored.
     */
    private static @Nullable AiMessage readPlain(JsonNode json) {
        String text = null;
        for (Map.Entry<String, JsonNode> property : json.properties()) {
            JsonNode value = property.getValue();
            boolean plain =
                    switch (property.getKey()) {
                        case "text" -> value.isString();
                        case "type" -> value.isString() && value.stringValue().equals("AI");
                        case "toolExecutionRequests", "attributes" -> value.isContainer() && value.isEmpty();
                        default -> value.isNull();
                    };
            if (!plain) {
                return null;
            }
            if (property.getKey().equals("text")) {
                text = value.stringValue();
            }
        }
        return text == null ? null : AiMessage.from(text);
    }

    static void write(Image image, ObjectNode to) {
        URI url = image.url();
        Envelope.put(to, "url", url == null ? null : url.toString());
        Envelope.put(to, "base64Data", image.base64Data());
        Envelope.put(to, "mimeType", image.mimeType());
        Envelope.put(to, "revisedPrompt", image.revisedPrompt());
    }

    static Image readImage(Envelope from) {
        from.allow("url", "base64Data", "mimeType", "revisedPrompt");
        Image.Builder image = Image.builder();
        @Nullable String url = from.text("url");
        if (url != null) {
            image.url(URI.create(url));
        }
        return image.base64Data(from.text("base64Data"))
                .mimeType(from.text("mimeType"))
                .revisedPrompt(from.text("revisedPrompt"))
                .build();
    }
}
