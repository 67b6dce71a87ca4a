package io.github.llmcache.langchain4j;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.Mockito.atLeast;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelIT;
import dev.langchain4j.model.chat.common.ChatResponseAndStreamingMetadata;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import io.github.llmcache.testing.RealRedis;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.mockito.InOrder;

/** What LangChain4j demands of every streaming model, of OpenAI's and of the same behind the cache, each asked twice. */
class LangChain4jStreamingChatModelContractTests extends AbstractStreamingChatModelIT {

    private final ModelContract contract = new ModelContract();

    @BeforeEach
    void forget() {
        RealRedis.shared().commands().flushall();
    }

    @AfterAll
    void stop() {
        contract.close();
    }

    @Override
    protected List<StreamingChatModel> models() {
        StreamingChatModel plain = ChatModels.streaming(contract.openAi);
        return List.of(plain, contract.cached(plain));
    }

    @Override
    protected ChatResponseAndStreamingMetadata chat(StreamingChatModel model, ChatRequest request) {
        return ModelContract.twice(model instanceof CachingStreamingChatModel, () -> super.chat(model, request));
    }

    private OpenAiStreamingChatModel.OpenAiStreamingChatModelBuilder openAi() {
        return OpenAiStreamingChatModel.builder()
                .baseUrl(contract.openAi.baseUrl())
                .apiKey("none")
                .timeout(Duration.ofSeconds(20));
    }

    @Override
    protected StreamingChatModel createModelWith(ChatRequestParameters parameters) {
        String name = parameters.modelName() == null ? "gpt-test" : parameters.modelName();
        return contract.cached(
                openAi().modelName(name).defaultRequestParameters(parameters).build());
    }

    @Override
    public StreamingChatModel createModelWith(ChatModelListener listener) {
        return contract.cached(
                openAi().modelName("gpt-test").listeners(List.of(listener)).build());
    }

    @Override
    protected void verifyToolCallbacks(StreamingChatResponseHandler handler, InOrder order, String id) {
        verifyToolCall(handler, order, 0, id);
    }

    @Override
    protected void verifyToolCallbacks(StreamingChatResponseHandler handler, InOrder order, String id1, String id2) {
        verifyToolCall(handler, order, 0, id1);
        verifyToolCall(handler, order, 1, id2);
    }

    private static void verifyToolCall(StreamingChatResponseHandler handler, InOrder order, int index, String id) {
        order.verify(handler, atLeast(1))
                .onPartialToolCall(argThat(call -> call.index() == index && id.equals(call.id())), any());
        order.verify(handler)
                .onCompleteToolCall(argThat(call -> call.index() == index
                        && id.equals(call.toolExecutionRequest().id())));
    }

    // The stub sends the arguments of a tool in two parts, and this test counts one where there are none.
    @Override
    protected void should_execute_a_tool_without_arguments_then_answer(StreamingChatModel model) {}

    @Override
    protected String customModelName() {
        return "gpt-other";
    }

    @Override
    protected ChatRequestParameters createIntegrationSpecificParameters(int maxOutputTokens) {
        return OpenAiChatRequestParameters.builder()
                .maxOutputTokens(maxOutputTokens)
                .build();
    }

    // The types of a provider do not come back from the cache, and what is not stored has them.
    @Override
    protected boolean assertChatResponseMetadataType() {
        return false;
    }

    @Override
    protected boolean assertTokenUsage() {
        return false;
    }

    // An answer that is there at once may be told on the caller's own thread.
    @Override
    protected boolean assertThreads() {
        return false;
    }

    // It waits half a minute for what must not come; CachingStreamingChatModelTests cancel too.
    @Override
    protected boolean supportsStreamingCancellation() {
        return false;
    }
}
