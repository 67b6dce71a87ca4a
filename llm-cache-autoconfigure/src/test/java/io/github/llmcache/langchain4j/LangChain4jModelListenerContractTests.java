package io.github.llmcache.langchain4j;

import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.common.AbstractChatModelListenerIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.openai.OpenAiChatModel;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.Reply;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What LangChain4j promises the listeners of a model holds behind the cache too. */
class LangChain4jModelListenerContractTests extends AbstractChatModelListenerIT {

    private final ModelContract contract = new ModelContract();

    @BeforeEach
    void forget() {
        RealRedis.shared().commands().flushall();
    }

    @AfterEach
    void stop() {
        contract.close();
    }

    private OpenAiChatModel.OpenAiChatModelBuilder openAi(ChatModelListener listener) {
        return OpenAiChatModel.builder()
                .baseUrl(contract.openAi.baseUrl())
                .apiKey("none")
                .maxRetries(0)
                .modelName(modelName())
                .temperature(temperature())
                .topP(topP())
                .maxTokens(maxTokens())
                .listeners(List.of(listener));
    }

    @Override
    protected ChatModel createModel(ChatModelListener listener) {
        return contract.cached(openAi(listener).build());
    }

    @Override
    protected ChatModel createFailingModel(ChatModelListener listener) {
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
