package io.github.llmcache.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiChatResponseMetadata;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.openai.OpenAiTokenUsage;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenAiStubTests {

    private static final Reply.ToolCall WEATHER = new Reply.ToolCall("call_1", "weather", "{\"city\":\"Bern\"}");
    private static final Reply.ToolCall CLOCK = new Reply.ToolCall("call_2", "clock", "{\"zone\":\"CET\"}");

    private final OpenAiStub stub = OpenAiStub.start();
    private final OpenAiChatModel model = chatModel(Duration.ofSeconds(20));

    @AfterEach
    void stop() {
        stub.close();
    }

    @Test
    void a_whole_answer_and_all_that_belongs_to_it_reach_the_client() {
        stub.answering(Reply.text("forty two")
                .usage(new Reply.Usage(11, 4, 7, 3))
                .id("chatcmpl-x")
                .model("gpt-stub-2026")
                .systemFingerprint("fp_1"));

        ChatResponse response = model.chat(
                ChatRequest.builder().messages(UserMessage.from("What is it?")).build());

        assertThat(response.aiMessage().text()).isEqualTo("forty two");
        assertThat(response.finishReason()).isEqualTo(FinishReason.STOP);
        assertMetadata(response);
        assertThat(stub.chatCalls()).singleElement().satisfies(call -> {
            assertThat(call.path()).isEqualTo("/v1/chat/completions");
            assertThat(call.streamed()).isFalse();
            assertThat(call.headers()).containsEntry("authorization", "Bearer sk-stub");
            assertThat(call.body().at("/messages/0/content").asString()).isEqualTo("What is it?");
            assertThat(call.body().path("model").asString()).isEqualTo("gpt-stub");
        });
    }

    @Test
    void a_stream_reaches_the_client_in_its_pieces_with_all_that_belongs_to_it() {
        stub.answering(Reply.pieces("for", "ty ", "two")
                .usage(new Reply.Usage(11, 4, 7, 3))
                .id("chatcmpl-x")
                .model("gpt-stub-2026")
                .systemFingerprint("fp_1"));

        Streamed streamed = stream("What is it?");

        ChatResponse response = streamed.response();
        assertThat(streamed.pieces).containsExactly("for", "ty ", "two");
        assertThat(response.aiMessage().text()).isEqualTo("forty two");
        assertThat(response.finishReason()).isEqualTo(FinishReason.STOP);
        assertMetadata(response);
        assertThat(stub.chatCalls()).singleElement().matches(OpenAiStub.Call::streamed);
    }

    @ParameterizedTest
    @CsvSource({"stop, STOP", "length, LENGTH", "content_filter, CONTENT_FILTER", "tool_calls, TOOL_EXECUTION"})
    void an_answer_ends_for_the_reason_that_was_asked_for(String reason, FinishReason expected) {
        stub.answering(Reply.text("half").finishReason(reason));

        assertThat(ask("q").finishReason()).isEqualTo(expected);
        assertThat(stream("q").response().finishReason()).isEqualTo(expected);
    }

    @Test
    void tools_are_asked_for_whole_and_streamed() {
        stub.answering(Reply.toolCalls(WEATHER, CLOCK));

        for (ChatResponse response : List.of(ask("q"), stream("q").response())) {
            assertThat(response.finishReason()).isEqualTo(FinishReason.TOOL_EXECUTION);
            assertThat(response.aiMessage().text()).isNull();
            assertThat(response.aiMessage().toolExecutionRequests())
                    .containsExactly(
                            ToolExecutionRequest.builder()
                                    .id("call_1")
                                    .name("weather")
                                    .arguments("{\"city\":\"Bern\"}")
                                    .build(),
                            ToolExecutionRequest.builder()
                                    .id("call_2")
                                    .name("clock")
                                    .arguments("{\"zone\":\"CET\"}")
                                    .build());
        }
    }

    @Test
    void answers_follow_the_request_and_are_numbered_by_default() {
        assertThat(model.chat("q")).isEqualTo("Answer 1");
        assertThat(stream("q").response().aiMessage().text()).isEqualTo("Answer 2");

        stub.answering(request ->
                Reply.text("You said " + request.at("/messages/0/content").asString()));
        assertThat(model.chat("hello")).isEqualTo("You said hello");
        assertThat(stub.calls()).hasSize(3);
    }

    @Test
    void errors_are_those_of_the_provider() {
        stub.answering(Reply.error(429, "too fast"));
        assertThatThrownBy(() -> model.chat("q"))
                .isInstanceOf(RateLimitException.class)
                .hasMessageContaining("too fast");
        assertThat(stream("q").failure()).isInstanceOf(RateLimitException.class);

        stub.answering(Reply.error(500, "out of order"));
        assertThatThrownBy(() -> model.chat("q")).isInstanceOf(InternalServerException.class);
        assertThat(stream("q").failure()).isInstanceOf(InternalServerException.class);
    }

    @Test
    void an_answer_is_held_until_it_is_released() {
        CountDownLatch released = new CountDownLatch(1);
        stub.answering(Reply.text("late").heldUntil(released));
        List<CompletableFuture<String>> answers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            answers.add(CompletableFuture.supplyAsync(() -> model.chat("q"), task -> new Thread(task).start()));
        }
        stub.awaitCalls(8);

        assertThat(answers).noneMatch(CompletableFuture::isDone);
        released.countDown();

        assertThat(answers).allSatisfy(answer -> assertThat(answer)
                .succeedsWithin(Duration.ofSeconds(10))
                .isEqualTo("late"));
    }

    @Test
    void a_client_that_does_not_wait_times_out() {
        stub.answering(Reply.text("late").heldUntil(new CountDownLatch(1)));

        assertThatThrownBy(() -> chatModel(Duration.ofMillis(100)).chat("q")).isInstanceOf(TimeoutException.class);
    }

    @Test
    void a_stream_is_held_in_the_middle() {
        CountDownLatch released = new CountDownLatch(1);
        stub.answering(Reply.pieces("one", "two").heldAfter(1, released));

        Streamed streamed = stream("q");
        Awaitility.await().until(() -> !streamed.pieces.isEmpty());

        assertThat(streamed.pieces).containsExactly("one");
        assertThat(streamed.result).isNotDone();
        released.countDown();
        assertThat(streamed.response().aiMessage().text()).isEqualTo("onetwo");
    }

    @Test
    void a_connection_breaks_before_or_in_the_middle_of_an_answer() {
        stub.answering(Reply.pieces("one", "two").brokenAfter(1));
        Streamed streamed = stream("q");
        assertThat(streamed.failure()).isNotNull();
        // The end of a connection may overtake what was sent on it.
        assertThat(streamed.pieces).isSubsetOf("one");
        Awaitility.await().untilAsserted(() -> assertThat(streamed.ends).startsWith("failed"));
        assertThatThrownBy(() -> model.chat("q")).isInstanceOf(RuntimeException.class);

        stub.answering(Reply.broken());
        assertThat(stream("q").failure()).isNotNull();
        assertThatThrownBy(() -> model.chat("q")).isInstanceOf(RuntimeException.class);
        assertThat(stub.calls()).hasSize(4);
    }

    @Test
    void a_stream_that_ends_too_early_is_to_the_client_an_answer_without_a_finish_reason() {
        stub.answering(Reply.pieces("one", "two").endedAfter(1));

        ChatResponse response = stream("q").response();

        assertThat(response.aiMessage().text()).isEqualTo("one");
        assertThat(response.finishReason()).isNull();
    }

    @Test
    void a_stream_that_failed_in_the_middle_ends_for_the_client_twice_first_with_the_failure() {
        stub.answering(Reply.pieces("one", "two").failedAfter(1, "overloaded"));

        Streamed streamed = stream("q");

        assertThat(streamed.failure()).hasMessageContaining("overloaded");
        assertThat(streamed.pieces).containsExactly("one");
        Awaitility.await().untilAsserted(() -> assertThat(streamed.ends).containsExactly("failed", "complete: one"));
    }

    @ParameterizedTest
    @CsvSource({"float", "base64"})
    void texts_have_vectors_of_their_own_in_both_encodings(String encoding) {
        OpenAiEmbeddingModel embeddings = embeddings().encodingFormat(encoding).build();

        var response = embeddings.embedAll(List.of(TextSegment.from("a text"), TextSegment.from("b")));

        assertThat(response.content()).hasSize(2);
        assertThat(response.content().get(0).vector()).containsExactly(OpenAiStub.vector("embed-stub", "a text", 16));
        assertThat(response.content().get(1).vector()).containsExactly(OpenAiStub.vector("embed-stub", "b", 16));
        assertThat(OpenAiStub.vector("embed-stub", "b", 16)).isNotEqualTo(OpenAiStub.vector("other", "b", 16));
        assertThat(response.tokenUsage())
                .extracting(TokenUsage::inputTokenCount)
                .isEqualTo(3);
        assertThat(stub.embeddingCalls()).hasSize(1);
        assertThat(stub.embeddedTexts()).containsExactly("a text", "b");
        assertThat(stub.chatCalls()).isEmpty();
    }

    @Test
    void vectors_have_the_dimensions_that_were_asked_for() {
        float[] vector = embeddings().dimensions(5).build().embed("a").content().vector();

        assertThat(vector).containsExactly(OpenAiStub.vector("embed-stub", "a", 5));
    }

    @Test
    void embedding_fails_as_it_is_told() {
        stub.embedding(request -> Reply.error(429, "too fast"));

        assertThatThrownBy(() -> embeddings().build().embed("a")).isInstanceOf(RateLimitException.class);
    }

    private static void assertMetadata(ChatResponse response) {
        assertThat(response.metadata()).isInstanceOfSatisfying(OpenAiChatResponseMetadata.class, metadata -> {
            assertThat(metadata.id()).isEqualTo("chatcmpl-x");
            assertThat(metadata.modelName()).isEqualTo("gpt-stub-2026");
            assertThat(metadata.systemFingerprint()).isEqualTo("fp_1");
            assertThat(metadata.serviceTier()).isEqualTo("default");
            OpenAiTokenUsage usage = metadata.tokenUsage();
            assertThat(usage.inputTokenCount()).isEqualTo(11);
            assertThat(usage.outputTokenCount()).isEqualTo(7);
            assertThat(usage.totalTokenCount()).isEqualTo(18);
            assertThat(usage.inputTokensDetails().cachedTokens()).isEqualTo(4);
            assertThat(usage.outputTokensDetails().reasoningTokens()).isEqualTo(3);
        });
    }

    private ChatResponse ask(String prompt) {
        return model.chat(UserMessage.from(prompt));
    }

    private Streamed stream(String prompt) {
        Streamed streamed = new Streamed();
        OpenAiStreamingChatModel.builder()
                .baseUrl(stub.baseUrl())
                .apiKey("sk-stub")
                .modelName("gpt-stub")
                .build()
                .chat(prompt, streamed);
        return streamed;
    }

    private OpenAiChatModel chatModel(Duration timeout) {
        return OpenAiChatModel.builder()
                .baseUrl(stub.baseUrl())
                .apiKey("sk-stub")
                .modelName("gpt-stub")
                .timeout(timeout)
                .maxRetries(0)
                .build();
    }

    private OpenAiEmbeddingModel.OpenAiEmbeddingModelBuilder embeddings() {
        return OpenAiEmbeddingModel.builder()
                .baseUrl(stub.baseUrl())
                .apiKey("sk-stub")
                .modelName("embed-stub")
                .maxRetries(0);
    }

    private static final class Streamed implements StreamingChatResponseHandler {

        final List<String> pieces = new CopyOnWriteArrayList<>();
        final List<String> ends = new CopyOnWriteArrayList<>();
        final CompletableFuture<ChatResponse> result = new CompletableFuture<>();

        ChatResponse response() {
            return result.orTimeout(20, TimeUnit.SECONDS).join();
        }

        Throwable failure() {
            return result.handle((response, failure) -> failure)
                    .orTimeout(20, TimeUnit.SECONDS)
                    .join();
        }

        @Override
        public void onPartialResponse(String piece) {
            pieces.add(piece);
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            ends.add("complete: " + response.aiMessage().text());
            result.complete(response);
        }

        @Override
        public void onError(Throwable failure) {
            ends.add("failed");
            result.completeExceptionally(failure);
        }
    }
}
