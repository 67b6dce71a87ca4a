package io.github.llmcache.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.common.AbstractChatModelIT;
import dev.langchain4j.model.chat.common.ChatResponseAndStreamingMetadata;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import io.github.llmcache.testing.RealRedis;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;

/** What LangChain4j demands of every chat model, of OpenAI's and of the same behind the cache, each asked twice. */
class LangChain4jChatModelContractTests extends AbstractChatModelIT {

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
    protected List<ChatModel> models() {
        ChatModel plain = ChatModels.whole(contract.openAi, model -> model);
        return List.of(plain, contract.cached(plain));
    }

    @Override
    protected ChatResponseAndStreamingMetadata chat(ChatModel model, ChatRequest request) {
        return ModelContract.twice(model instanceof CachingChatModel, () -> super.chat(model, request));
    }

    @Override
    protected ChatModel createModelWith(ChatRequestParameters parameters) {
        String name = parameters.modelName() == null ? "gpt-test" : parameters.modelName();
        return contract.cached(
                ChatModels.whole(contract.openAi, model -> model.modelName(name).defaultRequestParameters(parameters)));
    }

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
}
