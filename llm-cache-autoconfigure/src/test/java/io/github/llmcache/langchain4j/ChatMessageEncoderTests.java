package io.github.llmcache.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.audio.Audio;
import dev.langchain4j.data.image.Image;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.AudioContent;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.CustomMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.ImageContent.DetailLevel;
import dev.langchain4j.data.message.PdfFileContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.message.VideoContent;
import dev.langchain4j.data.pdf.PdfFile;
import dev.langchain4j.data.video.Video;
import dev.langchain4j.model.input.Prompt;
import io.github.llmcache.key.ArgumentEncoding;
import io.github.llmcache.key.CanonicalKeyGenerator;
import io.github.llmcache.key.PromptRequest;
import io.github.llmcache.key.UnstableArgumentException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChatMessageEncoderTests {

    private final ChatMessageEncoder encoder = new ChatMessageEncoder();

    private final CanonicalKeyGenerator keys = new CanonicalKeyGenerator(new ArgumentEncoding(List.of(encoder)));

    @Test
    void no_two_different_messages_contents_or_prompts_share_a_key() {
        Map<String, Object> digests = new LinkedHashMap<>();
        for (Object value : differentValues()) {
            Object other = digests.put(digest(value), value);
            assertThat(other).as("shares its key with " + value).isNull();
        }
    }

    @Test
    void equal_messages_share_a_key() {
        List<Object> once = differentValues();
        List<Object> again = differentValues();
        for (int i = 0; i < once.size(); i++) {
            assertThat(digest(once.get(i))).isEqualTo(digest(again.get(i)));
        }
    }

    @Test
    void the_order_in_which_attributes_were_put_does_not_matter() {
        Map<String, Object> forth = new LinkedHashMap<>();
        Map<String, Object> back = new LinkedHashMap<>();
        for (int i = 0; i < 50; i++) {
            forth.put("attribute" + i, i);
            back.put("attribute" + (49 - i), 49 - i);
        }
        assertThat(digest(CustomMessage.from(forth))).isEqualTo(digest(CustomMessage.from(back)));
    }

    @Test
    void every_class_that_is_encoded_and_both_interfaces_are_supported() {
        assertThat(differentValues())
                .filteredOn(value -> value.getClass().getName().startsWith("dev.langchain4j."))
                .hasSizeGreaterThan(50)
                .allMatch(value -> encoder.supports(value.getClass()));
        assertThat(encoder.supports(ChatMessage.class)).isTrue();
        assertThat(encoder.supports(Content.class)).isTrue();
        assertThat(encoder.supports(String.class)).isFalse();
    }

    @Test
    void a_subclass_with_fields_of_its_own_has_no_stable_encoding() {
        class Tagged extends TextContent {
            Tagged() {
                super("text");
            }
        }
        assertThat(encoder.supports(Tagged.class)).isFalse();
        assertThatExceptionOfType(UnstableArgumentException.class)
                .isThrownBy(() -> digest(UserMessage.from(new Tagged())));
    }

    @Test
    void an_attribute_without_a_stable_encoding_is_refused_without_telling_it() {
        Object secret = new Object() {
            @Override
            public String toString() {
                return "canary";
            }
        };
        assertThatExceptionOfType(UnstableArgumentException.class)
                .isThrownBy(() -> digest(CustomMessage.from(Map.of("key", secret))))
                .withMessageNotContaining("canary");
    }

    private String digest(Object value) {
        List<Object> arguments = new ArrayList<>();
        arguments.add(value);
        return keys.generate(new PromptRequest(
                        "prompt", "method", "shape", List.of(), null, null, null, null, null, arguments, null))
                .digest();
    }

    private static List<Object> differentValues() {
        List<Object> values = new ArrayList<>();
        values.add("text");
        values.add(List.of(TextContent.from("text")));
        values.add(Prompt.from("text"));
        values.add(SystemMessage.from("text"));
        addUserMessages(values);
        addAiMessages(values);
        addToolMessages(values);
        values.add(CustomMessage.from(Map.of()));
        values.add(CustomMessage.from(Map.of("a", "text")));
        values.add(TextContent.from("text"));
        values.add(TextContent.from("Text"));
        addMedia(values);
        return values;
    }

    private static void addUserMessages(List<Object> values) {
        List<Content> texts = List.of(TextContent.from("text"));
        values.add(UserMessage.from("text"));
        values.add(UserMessage.from("", "text"));
        values.add(UserMessage.from("ada", "text"));
        values.add(UserMessage.from("text", "ada"));
        values.add(UserMessage.from(TextContent.from("te"), TextContent.from("xt")));
        values.add(UserMessage.from(TextContent.from("text"), ImageContent.from("text")));
        values.add(UserMessage.from(ImageContent.from("text"), TextContent.from("text")));
        for (Object attribute : List.of(1, 1L, 1.0, "1", true, List.of(1))) {
            values.add(UserMessage.builder()
                    .contents(texts)
                    .attributes(new HashMap<>(Map.of("a", attribute)))
                    .build());
        }
    }

    private static void addAiMessages(List<Object> values) {
        ToolExecutionRequest request =
                ToolExecutionRequest.builder().name("find").build();
        values.add(AiMessage.from("text"));
        values.add(AiMessage.from(""));
        values.add(AiMessage.builder().build());
        values.add(AiMessage.builder().thinking("text").build());
        values.add(AiMessage.builder().text("text").thinking("").build());
        values.add(AiMessage.from(request));
        values.add(AiMessage.from(request, request));
        values.add(AiMessage.from(request.toBuilder().id("1").build()));
        values.add(AiMessage.from(request.toBuilder().arguments("{}").build()));
        values.add(AiMessage.from("text", List.of(request)));
        values.add(request);
        values.add(AiMessage.builder().text("text").attributes(Map.of("a", 1)).build());
        values.add(AiMessage.builder().text("text").attributes(images("a")).build());
        values.add(AiMessage.builder().text("text").attributes(images("b")).build());
    }

    private static Map<String, Object> images(String prompt) {
        return Map.of(
                AiMessage.GENERATED_IMAGES_KEY,
                List.of(Image.builder().base64Data("AA==").revisedPrompt(prompt).build()));
    }

    private static void addToolMessages(List<Object> values) {
        values.add(ToolExecutionResultMessage.from("1", "find", "text"));
        values.add(ToolExecutionResultMessage.from("find", "1", "text"));
        values.add(ToolExecutionResultMessage.from(null, "find", "text"));
        ToolExecutionResultMessage.Builder builder =
                ToolExecutionResultMessage.builder().id("1").toolName("find").text("text");
        values.add(builder.isError(true).build());
        values.add(builder.isError(false).build());
        values.add(builder.attributes(Map.of("a", 1)).build());
    }

    private static void addMedia(List<Object> values) {
        for (DetailLevel level : DetailLevel.values()) {
            values.add(ImageContent.from("http://a/", level));
        }
        values.add(ImageContent.from("http://b/"));
        values.add(ImageContent.from("AA==", "image/png"));
        values.add(ImageContent.from("AA==", "image/jpeg"));
        values.add(Image.builder().url("http://a/").build());
        values.add(AudioContent.from("http://a/"));
        values.add(AudioContent.from("AA==", "audio/wav"));
        values.add(AudioContent.from(Audio.builder().binaryData(new byte[] {0}).build()));
        values.add(AudioContent.from(Audio.builder().binaryData(new byte[] {1}).build()));
        values.add(Audio.builder().url("http://a/").build());
        values.add(VideoContent.from("http://a/"));
        values.add(VideoContent.from("AA==", "video/mp4"));
        values.add(Video.builder().url("http://a/").build());
        values.add(PdfFileContent.from("http://a/"));
        values.add(PdfFileContent.from("AA==", "application/pdf"));
        values.add(PdfFileContent.from("AA==", "application/x-pdf"));
        values.add(PdfFile.builder().url("http://a/").build());
    }
}
