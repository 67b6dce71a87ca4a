package io.github.llmcache.langchain4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.image.Image;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import io.github.llmcache.payload.AnswerState;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.payload.PayloadCodec;
import io.github.llmcache.payload.PayloadCodecs;
import io.github.llmcache.payload.PayloadException;
import io.github.llmcache.payload.TokenCount;
import io.github.llmcache.payload.UnsupportedPayloadException;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.ParameterizedTypeReference;

class LangChain4jPayloadCodecsTests {

    private static final ToolExecutionRequest TOOL_REQUEST = ToolExecutionRequest.builder()
            .id("call-1")
            .name("weather")
            .arguments("{\"city\":\"Köln\"}")
            .build();

    private final PayloadCodecs codecs = new PayloadCodecs(List.of(new LangChain4jPayloadCodecs()));

    private final PayloadCodec messages = codecs.forType(AiMessage.class);

    private final PayloadCodec responses = codecs.forType(ChatResponse.class);

    private final PayloadCodec textResponses =
            codecs.forType(new ParameterizedTypeReference<Response<String>>() {}.getType());

    record Price(String currency, BigDecimal amount, double rate) {}

    static final class OwnUsage extends TokenUsage {
        OwnUsage() {
            super(3, 4, 9);
        }
    }

    static final class OwnMetadata extends ChatResponseMetadata {
        OwnMetadata() {
            super(ChatResponseMetadata.builder().id("id").modelName("model").tokenUsage(new OwnUsage()));
        }
    }

    @Test
    void a_message_reads_back_with_text_thinking_tools_and_attributes() {
        AiMessage message = AiMessage.builder()
                .text("Grüße \uD83D\uDE80 \"quoted\"\n")
                .thinking("First, …")
                .toolExecutionRequests(List.of(TOOL_REQUEST, TOOL_REQUEST))
                .attributes(Map.of("signature", "abc", "score", 0.1, "rank", 1, "nested", Map.of("list", List.of("a"))))
                .build();
        assertThat(roundTrip(messages, message)).isEqualTo(message).isNotSameAs(message);
    }

    @Test
    void a_message_of_nearly_nothing_reads_back() {
        for (AiMessage message : List.of(
                AiMessage.from(""),
                AiMessage.from(TOOL_REQUEST),
                AiMessage.builder().build())) {
            assertThat(roundTrip(messages, message)).isEqualTo(message);
        }
    }

    @Test
    void the_images_of_a_message_read_back_beside_its_other_attributes() {
        List<Image> images = List.of(
                Image.builder().url("https://example.org/a.png?b=%20").build(),
                Image.builder()
                        .base64Data("AA==")
                        .mimeType("image/png")
                        .revisedPrompt("a cat")
                        .build());
        AiMessage message = AiMessage.builder()
                .text("Here they are")
                .attributes(Map.of(AiMessage.GENERATED_IMAGES_KEY, images, "signature", "abc"))
                .build();
        AiMessage back = (AiMessage) roundTrip(messages, message);
        assertThat(back).isEqualTo(message);
        assertThat(back.images()).isEqualTo(images);
    }

    @Test
    void an_attribute_that_would_come_back_as_another_type_is_refused_without_telling_it() {
        record Canary(String text) {}
        for (Object attribute : List.of(1L, new Canary("canary"), UUID.randomUUID())) {
            AiMessage message = AiMessage.builder()
                    .text("canary")
                    .attributes(Map.of("a", attribute))
                    .build();
            assertThatExceptionOfType(PayloadException.class)
                    .isThrownBy(() -> messages.encode(message))
                    .withMessageNotContaining("canary")
                    .withNoCause();
        }
    }

    @Test
    void a_response_of_a_chat_model_reads_back_with_its_metadata() {
        ChatResponse response = ChatResponse.builder()
                .aiMessage(AiMessage.from("answer"))
                .id("id-1")
                .modelName("gpt")
                .tokenUsage(new TokenUsage(1, 2, 4))
                .finishReason(FinishReason.STOP)
                .build();
        assertThat(roundTrip(responses, response)).isEqualTo(response);
        ChatResponse bare =
                ChatResponse.builder().aiMessage(AiMessage.from("answer")).build();
        assertThat(roundTrip(responses, bare)).isEqualTo(bare);
    }

    @ParameterizedTest
    @EnumSource(FinishReason.class)
    void every_finish_reason_reads_back(FinishReason reason) {
        ChatResponse response = ChatResponse.builder()
                .aiMessage(AiMessage.from("answer"))
                .finishReason(reason)
                .build();
        assertThat(roundTrip(responses, response)).isEqualTo(response);
    }

    @Test
    void metadata_of_a_providers_own_kind_comes_back_as_the_plain_kind() {
        ChatResponse response = ChatResponse.builder()
                .aiMessage(AiMessage.from("answer"))
                .metadata(new OwnMetadata())
                .build();
        ChatResponse back = (ChatResponse) roundTrip(responses, response);
        assertThat(back.metadata())
                .isEqualTo(ChatResponseMetadata.builder()
                        .id("id")
                        .modelName("model")
                        .tokenUsage(new TokenUsage(3, 4, 9))
                        .build());
    }

    @Test
    void the_content_of_a_response_reads_back_as_its_declared_type() {
        assertThat(roundTrip(textResponses, Response.from("text"))).isEqualTo(Response.from("text"));

        PayloadCodec prices = codecs.forType(new ParameterizedTypeReference<Response<List<Price>>>() {}.getType());
        Response<List<Price>> priced = Response.from(List.of(
                new Price("EUR", new BigDecimal("1.10"), 1.0E-7),
                new Price("CHF", new BigDecimal("12345678901234567890.123456789012345678900"), 1.0E22)));
        assertThat(roundTrip(prices, priced)).isEqualTo(priced);

        PayloadCodec inner = codecs.forType(new ParameterizedTypeReference<Response<AiMessage>>() {}.getType());
        Response<AiMessage> answered =
                Response.from(AiMessage.from("text"), new TokenUsage(1, null, null), FinishReason.LENGTH);
        assertThat(roundTrip(inner, answered)).isEqualTo(answered);
    }

    @Test
    void the_metadata_of_a_response_reads_back_type_by_type() {
        Response<String> response = Response.from(
                "text",
                null,
                null,
                Map.of(
                        "text",
                        "a",
                        "flag",
                        true,
                        "int",
                        1,
                        "long",
                        1L,
                        "double",
                        1.0,
                        "float",
                        0.1f,
                        "uuid",
                        UUID.fromString("00000000-0000-0000-0000-000000000001"),
                        "list",
                        List.of(1, 2L, "three", List.of()),
                        "map",
                        Map.of("long", 5L, "map", Map.of())));
        assertThat(roundTrip(textResponses, response)).isEqualTo(response);
    }

    @Test
    void a_response_with_metadata_that_json_can_not_carry_is_refused_without_telling_it() {
        Object secret = new AtomicReference<>("canary");
        for (Object value : List.of(secret, Double.NaN, List.of(secret), Map.of(1, "canary"), new BigDecimal("1.0"))) {
            assertThatExceptionOfType(PayloadException.class)
                    .isThrownBy(() -> textResponses.encode(Response.from("canary", null, null, Map.of("a", value))))
                    .withMessageNotContaining("canary");
        }
    }

    @Test
    void a_generic_response_that_does_not_say_its_content_is_refused_with_an_action() {
        for (Type type : List.of(Response.class, new ParameterizedTypeReference<Response<?>>() {}.getType(), open())) {
            assertThatExceptionOfType(UnsupportedPayloadException.class)
                    .isThrownBy(() -> codecs.forType(type))
                    .satisfies(ex -> assertThat(ex.action()).contains("Response<String>"));
        }
    }

    @Test
    void a_message_inside_a_list_and_other_classes_of_langchain4j_are_refused_with_an_action() {
        for (Type type : List.of(
                Image.class,
                new ParameterizedTypeReference<List<AiMessage>>() {}.getType(),
                new ParameterizedTypeReference<Map<String, List<ChatResponse>>>() {}.getType(),
                new ParameterizedTypeReference<Optional<Response<String>>>() {}.getType(),
                new ParameterizedTypeReference<Response<List<AiMessage>>>() {}.getType())) {
            assertThatExceptionOfType(UnsupportedPayloadException.class)
                    .isThrownBy(() -> codecs.forType(type))
                    .satisfies(ex -> assertThat(ex.action()).contains("AiMessage"));
        }
    }

    @Test
    void other_types_are_left_to_other_factories() {
        assertThat(new LangChain4jPayloadCodecs().create(String.class, codecs)).isNull();
        assertThat(new LangChain4jPayloadCodecs().create(FinishReason.class, codecs))
                .isNull();
        assertThat(new LangChain4jPayloadCodecs()
                        .create(new ParameterizedTypeReference<List<String>>() {}.getType(), codecs))
                .isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "STOP, COMPLETE",
        "LENGTH, TRUNCATED",
        "TOOL_EXECUTION, TOOL_CALL",
        "CONTENT_FILTER, FILTERED",
        "OTHER, UNKNOWN",
        ", COMPLETE"
    })
    void the_state_of_an_answer_follows_its_finish_reason(@Nullable FinishReason reason, AnswerState state) {
        ChatResponse response = ChatResponse.builder()
                .aiMessage(AiMessage.from("text"))
                .finishReason(reason)
                .build();
        assertThat(responses.stateOf(response)).isEqualTo(state);
        assertThat(textResponses.stateOf(Response.from("text", null, reason))).isEqualTo(state);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\t"})
    void a_blank_answer_is_empty_even_where_the_model_stopped(String blank) {
        assertThat(messages.stateOf(AiMessage.from(blank))).isEqualTo(AnswerState.EMPTY);
        assertThat(responses.stateOf(ChatResponse.builder()
                        .aiMessage(AiMessage.from(blank))
                        .finishReason(FinishReason.STOP)
                        .build()))
                .isEqualTo(AnswerState.EMPTY);
        assertThat(textResponses.stateOf(Response.from(blank, null, FinishReason.OTHER)))
                .isEqualTo(AnswerState.EMPTY);
    }

    @Test
    void a_blank_answer_that_was_cut_off_is_truncated() {
        assertThat(textResponses.stateOf(Response.from("", null, FinishReason.LENGTH)))
                .isEqualTo(AnswerState.TRUNCATED);
    }

    @Test
    void a_message_that_asks_for_a_tool_is_a_tool_call_whatever_the_model_says() {
        AiMessage message = AiMessage.from("text", List.of(TOOL_REQUEST));
        assertThat(messages.stateOf(message)).isEqualTo(AnswerState.TOOL_CALL);
        for (FinishReason reason : List.of(FinishReason.STOP, FinishReason.OTHER)) {
            assertThat(responses.stateOf(ChatResponse.builder()
                            .aiMessage(message)
                            .finishReason(reason)
                            .build()))
                    .isEqualTo(AnswerState.TOOL_CALL);
        }
    }

    @Test
    void a_message_of_images_alone_is_complete_and_one_of_thinking_alone_is_empty() {
        Image image = Image.builder().url("http://a/").build();
        assertThat(messages.stateOf(AiMessage.builder()
                        .attributes(Map.of(AiMessage.GENERATED_IMAGES_KEY, List.of(image)))
                        .build()))
                .isEqualTo(AnswerState.COMPLETE);
        assertThat(messages.stateOf(AiMessage.builder().thinking("hm").build())).isEqualTo(AnswerState.EMPTY);
    }

    @Test
    void tokens_are_counted_where_the_answer_carries_them() {
        assertThat(messages.tokensOf(AiMessage.from("text"))).isNull();
        assertThat(textResponses.tokensOf(Response.from("text"))).isNull();
        assertThat(textResponses.tokensOf(Response.from("text", new TokenUsage(null, null, 7))))
                .isNull();
        assertThat(textResponses.tokensOf(Response.from("text", new TokenUsage(3, 4))))
                .isEqualTo(new TokenCount(3, 4));
        assertThat(responses.tokensOf(ChatResponse.builder()
                        .aiMessage(AiMessage.from("text"))
                        .tokenUsage(new TokenUsage(null, 4))
                        .build()))
                .isEqualTo(new TokenCount(0, 4));
    }

    @Test
    void tokens_of_a_response_without_any_are_those_of_its_content() {
        PayloadCodec nested = codecs.forType(new ParameterizedTypeReference<Response<ChatResponse>>() {}.getType());
        ChatResponse counted = ChatResponse.builder()
                .aiMessage(AiMessage.from("text"))
                .tokenUsage(new TokenUsage(3, 4))
                .build();
        assertThat(nested.tokensOf(Response.from(counted))).isEqualTo(new TokenCount(3, 4));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "canary",
                "\"canary\"",
                "[]",
                "{}",
                "{\"message\":{\"type\":\"SYSTEM\",\"text\":\"canary\"}}",
                "{\"message\":{\"type\":\"AI\",\"text\":\"canary\"},\"canary\":1}",
                "{\"message\":{\"type\":\"AI\",\"text\":\"canary\"}} {}",
                "{\"message\":{\"type\":\"AI\",\"canary\":1}}",
                "{\"message\":{\"type\":\"AI\"},\"images\":[{\"url\":\"not a canary url\"}]}"
            })
    void a_damaged_payload_is_refused_without_telling_its_content(String json) {
        assertThatExceptionOfType(PayloadException.class)
                .isThrownBy(() -> messages.decode(payload(json)))
                .withMessageNotContaining("canary")
                .withNoCause();
    }

    @Test
    void a_finish_reason_of_a_newer_release_is_refused() {
        assertThatExceptionOfType(PayloadException.class)
                .isThrownBy(() -> textResponses.decode(payload("{\"content\":\"a\",\"finishReason\":\"BORED\"}")))
                .withNoCause();
    }

    @Test
    void payloads_of_the_first_format_read_back() {
        assertThat(messages.decode(payload("""
                        {"message":{"text":"a","toolExecutionRequests":[],"attributes":{},"type":"AI"},
                         "images":[{"url":"http://a/","mimeType":"image/png"}]}""")))
                .isEqualTo(AiMessage.builder()
                        .text("a")
                        .attributes(Map.of(
                                AiMessage.GENERATED_IMAGES_KEY,
                                List.of(Image.builder()
                                        .url("http://a/")
                                        .mimeType("image/png")
                                        .build())))
                        .build());
        assertThat(responses.decode(payload("""
                        {"answer":{"message":{"text":"a","toolExecutionRequests":[],"attributes":{},"type":"AI"}},
                         "id":"i","modelName":"m","tokens":{"input":1,"output":2,"total":3},"finishReason":"STOP"}""")))
                .isEqualTo(ChatResponse.builder()
                        .aiMessage(AiMessage.from("a"))
                        .id("i")
                        .modelName("m")
                        .tokenUsage(new TokenUsage(1, 2, 3))
                        .finishReason(FinishReason.STOP)
                        .build());
        assertThat(textResponses.decode(
                        payload("{\"content\":\"a\",\"tokens\":{\"input\":1},\"metadata\":{\"n\":{\"long\":5}}}")))
                .isEqualTo(Response.from("a", new TokenUsage(1, null, null), null, Map.of("n", 5L)));
    }

    private static <T> Type open() {
        return new ParameterizedTypeReference<Response<T>>() {}.getType();
    }

    private static Object roundTrip(PayloadCodec codec, Object answer) {
        byte[] json = codec.encode(answer).json().getBytes(UTF_8);
        // As a part of something larger, as it is taken out of an entry.
        byte[] entry = ("[" + new String(json, UTF_8) + "]").getBytes(UTF_8);
        return codec.decode(Payload.of(entry, 1, json.length));
    }

    private static Payload payload(String json) {
        return Payload.of(json.getBytes(UTF_8));
    }
}
