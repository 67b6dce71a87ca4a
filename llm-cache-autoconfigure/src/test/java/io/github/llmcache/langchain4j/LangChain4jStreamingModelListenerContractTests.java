package io.github.llmcache.langchain4j;

import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelListenerIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.Reply;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What LangChain4j promises the listeners of a streaming model holds behind the cache too. */
class LangChain4jStreamingModelListenerContractTests extends AbstractStreamingChatModelListenerIT {

    private final ModelContract contract = new ModelContract();

    @BeforeEach
    void forget() {
        RealRedis.shared().commands().flushall();
    }

    @AfterEach
    void stop() {
        contract.close();
    }

    private OpenAiStreamingChatModel.OpenAiStreamingChatModelBuilder openAi(ChatModelListener listener) {
        return OpenAiStreamingChatModel.builder()
                .baseUrl(contract.openAi.baseUrl())
                .apiKey("none")
                .modelName(modelName())
                .temperature(temperature())
                .topP(topP())
                .maxTokens(maxTokens())
                .listeners(List.of(listener));
    }

    @Override
    protected StreamingChatModel createModel(ChatModelListener listener) {
        return contract.cached(openAi(listener).build());
    }

    @Override
    protected StreamingChatModel createFailingModel(ChatModelListener listener) {
        contract.openAi.answering(Reply.error(401, "Who are you?"));
        return createModel(listener);
    }

    @Override
    protected String modelName() {
        return "gpt-test";
    }

    @Override
    protected Class<? extends Exception> expectedExceptionClass() {
        return AuthenticationException.class;
    }
}
