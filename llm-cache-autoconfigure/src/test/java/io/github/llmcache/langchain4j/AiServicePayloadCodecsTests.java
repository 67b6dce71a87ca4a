package io.github.llmcache.langchain4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.document.Metadata;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.rag.content.ContentMetadata;
import dev.langchain4j.service.Result;
import dev.langchain4j.service.tool.ToolExecution;
import dev.langchain4j.service.tool.ToolExecutionResult;
import io.github.llmcache.payload.AnswerState;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.payload.PayloadCodec;
import io.github.llmcache.payload.PayloadCodecs;
import io.github.llmcache.payload.PayloadException;
import io.github.llmcache.payload.TokenCount;
import io.github.llmcache.payload.UnsupportedPayloadException;
import java.lang.reflect.Type;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.ParameterizedTypeReference;

class AiServicePayloadCodecsTests {

    private static final ChatResponse ANSWERED =
            ChatResponse.builder().aiMessage(AiMessage.from("text")).build();

    private final PayloadCodecs codecs =
            new PayloadCodecs(List.of(new LangChain4jPayloadCodecs(), new AiServicePayloadCodecs()));

    private final PayloadCodec texts = codecs.forType(new ParameterizedTypeReference<Result<String>>() {}.getType());

    record Event(String name, LocalDate day) {}

    @Test
    void a_result_reads_back_whole() {
        ChatResponse last = ChatResponse.builder()
                .aiMessage(AiMessage.from("text"))
                .id("id")
                .modelName("model")
                .build();
        Result<String> result = Result.<String>builder()
                .content("text")
                .tokenUsage(new TokenUsage(1, 2))
                .finishReason(FinishReason.STOP)
                .sources(List.of(Content.from("one"), source()))
                .finalResponse(last)
                .build();

        Result<?> back = roundTrip(texts, result);

        assertThat(back.content()).isEqualTo("text");
        assertThat(back.tokenUsage()).isEqualTo(new TokenUsage(1, 2));
        assertThat(back.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(back.finalResponse()).isEqualTo(last);
        assertThat(back.sources()).isEqualTo(result.sources());
        assertThat(back.sources().get(1).metadata()).isEqualTo(source().metadata());
        assertThat(back.toolExecutions()).isEmpty();
        assertThat(back.intermediateResponses()).isEmpty();
    }

    @Test
    void a_result_of_content_alone_reads_back_as_that() {
        Result<?> back =
                roundTrip(texts, Result.<String>builder().content("text").build());
        assertThat(back.content()).isEqualTo("text");
        assertThat(back.tokenUsage()).isNull();
        assertThat(back.finishReason()).isNull();
        assertThat(back.finalResponse()).isNull();
        assertThat(back.sources()).isEmpty();
    }

    @Test
    void the_content_of_a_result_reads_back_as_its_declared_type() {
        PayloadCodec events = codecs.forType(new ParameterizedTypeReference<Result<List<Event>>>() {}.getType());
        List<Event> content = List.of(new Event("a", LocalDate.of(2026, 1, 2)));
        assertThat(roundTrip(
                                events,
                                Result.<List<Event>>builder().content(content).build())
                        .content())
                .isEqualTo(content);
    }

    @Test
    void a_result_whose_tools_ran_is_a_tool_call_and_can_not_be_written() {
        ToolExecutionRequest request =
                ToolExecutionRequest.builder().name("now").build();
        ToolExecution execution = ToolExecution.builder()
                .request(request)
                .result(ToolExecutionResult.builder().resultText("noon").build())
                .invocationContext(InvocationContext.builder().build())
                .build();
        ChatResponse asking =
                ChatResponse.builder().aiMessage(AiMessage.from(request)).build();
        List<Result<String>> results = List.of(
                stopped().toolExecutions(List.of(execution)).build(),
                stopped().intermediateResponses(List.of(ANSWERED)).build(),
                stopped().finalResponse(asking).build());
        assertThat(results).allSatisfy(result -> {
            assertThat(texts.stateOf(result)).isEqualTo(AnswerState.TOOL_CALL);
            assertThatExceptionOfType(PayloadException.class).isThrownBy(() -> texts.encode(result));
        });
    }

    @ParameterizedTest
    @CsvSource({
        "STOP, COMPLETE",
        "LENGTH, TRUNCATED",
        "TOOL_EXECUTION, TOOL_CALL",
        "CONTENT_FILTER, FILTERED",
        "OTHER, UNKNOWN"
    })
    void the_state_of_a_result_follows_its_finish_reason_and_else_that_of_its_final_response(
            FinishReason reason, AnswerState state) {
        assertThat(texts.stateOf(stopped().finishReason(reason).build())).isEqualTo(state);
        ChatResponse last = ChatResponse.builder()
                .aiMessage(AiMessage.from("text"))
                .finishReason(reason)
                .build();
        assertThat(texts.stateOf(Result.<String>builder()
                        .content("text")
                        .finalResponse(last)
                        .build()))
                .isEqualTo(state);
    }

    @Test
    void a_result_without_content_is_empty_and_can_not_be_written() {
        Result<String> blank = stopped().content(" ").build();
        Result<String> none =
                Result.<String>builder().finishReason(FinishReason.STOP).build();
        assertThat(texts.stateOf(blank)).isEqualTo(AnswerState.EMPTY);
        assertThat(texts.stateOf(none)).isEqualTo(AnswerState.EMPTY);
        assertThatExceptionOfType(PayloadException.class).isThrownBy(() -> texts.encode(none));
    }

    @Test
    void a_source_of_a_class_of_ones_own_is_refused_without_telling_it() {
        Content own = new Content() {
            @Override
            public TextSegment textSegment() {
                return TextSegment.from("canary");
            }

            @Override
            public Map<ContentMetadata, Object> metadata() {
                return Map.of();
            }
        };
        assertThatExceptionOfType(PayloadException.class)
                .isThrownBy(() -> texts.encode(stopped().sources(List.of(own)).build()))
                .withMessageNotContaining("canary");
    }

    @Test
    void a_generic_result_that_does_not_say_its_content_is_refused_with_an_action() {
        for (Type type : List.of(Result.class, new ParameterizedTypeReference<Result<?>>() {}.getType())) {
            assertThatExceptionOfType(UnsupportedPayloadException.class)
                    .isThrownBy(() -> codecs.forType(type))
                    .satisfies(ex -> assertThat(ex.action()).contains("Result<String>"));
        }
    }

    @Test
    void tokens_of_a_result_are_those_of_all_its_calls() {
        assertThat(texts.tokensOf(stopped().tokenUsage(new TokenUsage(5, 6)).build()))
                .isEqualTo(new TokenCount(5, 6));
        assertThat(texts.tokensOf(stopped().build())).isNull();
    }

    @Test
    void a_payload_of_the_first_format_reads_back() {
        Result<?> back = (Result<?>) texts.decode(Payload.of("""
                {"content":"a","tokens":{"input":1,"output":2,"total":3},"finishReason":"STOP",
                 "sources":[{"text":"s","segment":{"page":3},"metadata":{"SCORE":0.5}}],
                 "finalResponse":{"answer":{"message":{"text":"a","type":"AI"}}}}""".getBytes(UTF_8)));
        assertThat(back.content()).isEqualTo("a");
        assertThat(back.sources())
                .containsExactly(Content.from(TextSegment.from("s", Metadata.from(Map.of("page", 3)))));
        assertThat(back.sources().get(0).metadata()).isEqualTo(Map.of(ContentMetadata.SCORE, 0.5));
        assertThat(back.finalResponse().aiMessage()).isEqualTo(AiMessage.from("a"));
    }

    private static Result.ResultBuilder<String> stopped() {
        return Result.<String>builder().content("text").finishReason(FinishReason.STOP);
    }

    private static Content source() {
        Metadata metadata = new Metadata()
                .put("text", "a")
                .put("int", 1)
                .put("long", 1L)
                .put("float", 0.1f)
                .put("double", 1.0)
                .put("uuid", UUID.fromString("00000000-0000-0000-0000-000000000001"));
        return Content.from(
                TextSegment.from("two", metadata),
                Map.of(ContentMetadata.SCORE, 0.25, ContentMetadata.EMBEDDING_ID, "e"));
    }

    private static Result<?> roundTrip(PayloadCodec codec, Result<?> result) {
        return (Result<?>) codec.decode(codec.encode(result));
    }
}
