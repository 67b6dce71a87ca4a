package io.github.llmcache.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.audio.Audio;
import dev.langchain4j.data.image.Image;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.AudioContent;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.CustomMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.PdfFileContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.message.VideoContent;
import dev.langchain4j.data.pdf.PdfFile;
import dev.langchain4j.data.video.Video;
import dev.langchain4j.model.input.Prompt;
import io.github.llmcache.key.ArgumentEncoder;
import io.github.llmcache.key.CanonicalWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Puts LangChain4j's messages, contents and prompts into the key, every field of them.
 *
 * <p>Thread-safe. It knows LangChain4j's own classes and not subclasses of them, whose further fields it would miss. An
 * attribute of a message that has no stable encoding makes the message one that has none.
 */
public final class ChatMessageEncoder implements ArgumentEncoder {

    // Not LangChain4j's JSON: it leaves out an empty name, writes an Integer and a Long alike, orders attributes by
    // chance, and an application can replace it.
    private final Map<Class<?>, Fields> known = new HashMap<>();

    /** Creates the encoder. */
    public ChatMessageEncoder() {
        addMessages();
        addContents();
        addMedia();
    }

    @Override
    public boolean supports(Class<?> type) {
        return type == ChatMessage.class || type == Content.class || known.containsKey(type);
    }

    @Override
    public void encode(Object value, CanonicalWriter out) {
        Fields fields = known.get(value.getClass());
        if (fields == null) {
            throw new IllegalArgumentException(value.getClass().getName() + " is not a supported class");
        }
        @Nullable Object[] parts = fields.of(value);
        out.group(value.getClass().getName(), parts.length);
        for (Object part : parts) {
            out.value(part);
        }
    }

    private void addMessages() {
        add(SystemMessage.class, message -> parts(message.text()));
        add(UserMessage.class, message -> parts(message.name(), message.contents(), unordered(message.attributes())));
        add(
                AiMessage.class,
                message -> parts(
                        message.text(),
                        message.thinking(),
                        message.toolExecutionRequests(),
                        unordered(message.attributes())));
        add(
                ToolExecutionResultMessage.class,
                message -> parts(
                        message.id(),
                        message.toolName(),
                        message.contents(),
                        message.isError(),
                        unordered(message.attributes())));
        add(CustomMessage.class, message -> parts(unordered(message.attributes())));
        add(ToolExecutionRequest.class, request -> parts(request.id(), request.name(), request.arguments()));
        add(Prompt.class, prompt -> parts(prompt.text()));
    }

    private void addContents() {
        add(TextContent.class, content -> parts(content.text()));
        add(ImageContent.class, content -> parts(content.image(), content.detailLevel()));
        add(AudioContent.class, content -> parts(content.audio()));
        add(VideoContent.class, content -> parts(content.video()));
        add(PdfFileContent.class, content -> parts(content.pdfFile()));
    }

    private void addMedia() {
        add(Image.class, image -> parts(image.url(), image.base64Data(), image.mimeType(), image.revisedPrompt()));
        add(Audio.class, audio -> parts(audio.url(), audio.binaryData(), audio.base64Data(), audio.mimeType()));
        add(Video.class, video -> parts(video.url(), video.base64Data(), video.mimeType()));
        add(PdfFile.class, file -> parts(file.url(), file.base64Data(), file.mimeType()));
    }

    private <T> void add(Class<T> type, Function<T, @Nullable Object[]> fields) {
        known.put(type, value -> fields.apply(type.cast(value)));
    }

    private static @Nullable Object[] parts(@Nullable Object... parts) {
        return parts;
    }

    /** The fields of a value, in a fixed order. */
    private interface Fields {
        @Nullable
        Object[] of(Object value);
    }

    /** Attributes are looked up by their names, so the order in which they were put says nothing. */
    private static Map<String, Object> unordered(Map<String, Object> attributes) {
        return new HashMap<>(attributes);
    }
}
