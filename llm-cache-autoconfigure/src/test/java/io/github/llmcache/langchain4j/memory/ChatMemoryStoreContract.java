package io.github.llmcache.langchain4j.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.audio.Audio;
import dev.langchain4j.data.image.Image;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.AudioContent;
import dev.langchain4j.data.message.ChatMessage;
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
import dev.langchain4j.store.memory.chat.ChatMemoryStore;
import java.net.URI;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every store of conversations does, LangChain4j's own in memory included. */
abstract class ChatMemoryStoreContract {

    abstract ChatMemoryStore store();

    @Test
    void a_conversation_that_never_was_has_no_messages() {
        assertThat(store().getMessages("ada")).isEmpty();
    }

    @Test
    void an_update_replaces_all_messages_and_keeps_their_order() {
        ChatMemoryStore store = store();
        List<ChatMessage> first = List.of(UserMessage.from("one"), AiMessage.from("two"));
        List<ChatMessage> second = List.of(AiMessage.from("three"), UserMessage.from("one"), UserMessage.from("one"));

        store.updateMessages("ada", first);
        assertThat(store.getMessages("ada")).isEqualTo(first);
        store.updateMessages("ada", second);
        assertThat(store.getMessages("ada")).isEqualTo(second);
        store.updateMessages("ada", List.of());
        assertThat(store.getMessages("ada")).isEmpty();
    }

    @Test
    void a_deleted_conversation_is_gone_and_may_be_deleted_again() {
        ChatMemoryStore store = store();
        store.updateMessages("ada", List.of(UserMessage.from("one")));

        store.deleteMessages("ada");
        store.deleteMessages("ada");

        assertThat(store.getMessages("ada")).isEmpty();
        store.updateMessages("ada", List.of(UserMessage.from("two")));
        assertThat(store.getMessages("ada")).containsExactly(UserMessage.from("two"));
    }

    @Test
    void conversations_are_apart_whatever_their_names_are_made_of() {
        ChatMemoryStore store = store();
        List<Object> ids = List.of(
                "ada",
                "Ada",
                "ada ",
                "ada:default",
                "ada%3Adefault",
                "a*",
                "{ada}",
                "é",
                "e\u0301",
                "😀",
                "Default",
                new ChatSession("a:b", "c"),
                new ChatSession("a", "b:c"),
                new ChatSession("a%3Ab", "c"),
                new ChatSession("ada", "2"),
                7L,
                -7,
                2.5,
                UUID.fromString("7b3b5a4e-0d2e-4a08-9f3a-0a9c1d5c1a11"));

        for (Object id : ids) {
            store.updateMessages(id, List.of(UserMessage.from("of " + id)));
        }
        for (Object id : ids) {
            assertThat(store.getMessages(id)).containsExactly(UserMessage.from("of " + id));
        }
    }

    @ParameterizedTest
    @MethodSource("messages")
    void a_message_comes_back_equal_with_all_that_it_holds(ChatMessage message) {
        ChatMemoryStore store = store();
        List<ChatMessage> messages = List.of(message, UserMessage.from("next"), message);

        store.updateMessages("ada", messages);

        assertThat(store.getMessages("ada")).isEqualTo(messages);
        assertThat(store.getMessages("ada").get(0)).hasSameClassAs(message);
    }

    static Stream<ChatMessage> messages() {
        Image image = Image.builder()
                .url("https://example.org/a%20b.png?x=1#y")
                .mimeType("image/png")
                .revisedPrompt("a \"cat\"")
                .build();
        Image drawn =
                Image.builder().base64Data("aGVsbG8=").mimeType("image/webp").build();
        Map<String, Object> attributes = new HashMap<>();
        attributes.put("text", "x");
        attributes.put("empty", "");
        attributes.put("flag", true);
        attributes.put("int", Integer.MIN_VALUE);
        attributes.put("long", 7L);
        attributes.put("longest", Long.MAX_VALUE);
        attributes.put("double", 0.1);
        attributes.put("whole", 1.0);
        attributes.put("float", 0.1f);
        attributes.put("uuid", UUID.fromString("7b3b5a4e-0d2e-4a08-9f3a-0a9c1d5c1a11"));
        attributes.put("nothing", null);
        attributes.put("list", Arrays.asList("a", 1, 2L, null, List.of(), Map.of("long", 3L)));
        attributes.put("map", Map.of("long", 5, "uuid", "no", "image", Map.of("map", true)));
        attributes.put("image", drawn);
        return Stream.of(
                SystemMessage.from("You are {{kind}}.\n\t\u0000\u2028 \"Ünï\" 😀"),
                UserMessage.from("plain"),
                UserMessage.from("half a character \ud800"),
                UserMessage.from(""),
                UserMessage.from("ada", "with a name"),
                UserMessage.builder()
                        .name("")
                        .contents(List.of(TextContent.from("x")))
                        .build(),
                UserMessage.builder()
                        .name("ada")
                        .contents(List.of(
                                TextContent.from("look"),
                                ImageContent.from("https://example.org/a.png", ImageContent.DetailLevel.HIGH),
                                ImageContent.from("aGVsbG8=", "image/png", ImageContent.DetailLevel.AUTO),
                                ImageContent.from(image, ImageContent.DetailLevel.ULTRA_HIGH),
                                AudioContent.from("https://example.org/a.mp3"),
                                AudioContent.from("aGVsbG8=", "audio/mp3"),
                                AudioContent.from(Audio.builder()
                                        .binaryData(new byte[] {0, -1, 127, -128})
                                        .mimeType("audio/wav")
                                        .build()),
                                VideoContent.from("https://example.org/a.mp4"),
                                VideoContent.from(Video.builder()
                                        .base64Data("aGVsbG8=")
                                        .mimeType("video/mp4")
                                        .build()),
                                PdfFileContent.from(URI.create("https://example.org/a.pdf")),
                                PdfFileContent.from(PdfFile.builder()
                                        .base64Data("aGVsbG8=")
                                        .mimeType("application/x-pdf")
                                        .build())))
                        .attributes(attributes)
                        .build(),
                AiMessage.from("plain"),
                AiMessage.from(""),
                AiMessage.builder().build(),
                AiMessage.builder()
                        .text("and")
                        .thinking("hm")
                        .toolExecutionRequests(List.of(
                                ToolExecutionRequest.builder()
                                        .id("1")
                                        .name("clock")
                                        .arguments("{\"zone\": \"UTC\"}")
                                        .build(),
                                ToolExecutionRequest.builder().name("dice").build()))
                        .attributes(attributes)
                        .build(),
                AiMessage.builder()
                        .attributes(Map.of(AiMessage.GENERATED_IMAGES_KEY, List.of(image, drawn)))
                        .build(),
                ToolExecutionResultMessage.from("1", "clock", "12:00"),
                ToolExecutionResultMessage.from(null, null, ""),
                ToolExecutionResultMessage.builder()
                        .id("1")
                        .toolName("camera")
                        .contents(TextContent.from("here"), ImageContent.from(drawn))
                        .isError(true)
                        .attributes(attributes)
                        .build(),
                CustomMessage.from(attributes),
                CustomMessage.from(Map.of()));
    }
}
