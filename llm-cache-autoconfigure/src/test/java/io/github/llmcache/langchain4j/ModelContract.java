package io.github.llmcache.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.ChatResponseAndStreamingMetadata;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import io.github.llmcache.engine.PromptCache;
import io.github.llmcache.testing.OpenAiStub;
import io.github.llmcache.testing.RealRedis;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the tests that LangChain4j has for every model need to be run against cached ones: a cache, and a model behind it. */
final class ModelContract implements AutoCloseable {

    final OpenAiStub openAi = OpenAiStub.start().answering(OpenAiOracle::answer);
    private final ModelCache cache;
    private final CountDownLatch closed = new CountDownLatch(1);

    private ModelContract(ModelCache cache) {
        this.cache = cache;
    }

    /** Starts an application that has a cache, and keeps it until it is closed. */
    static ModelContract start() {
        CountDownLatch started = new CountDownLatch(1);
        AtomicReference<@Nullable ModelContract> contract = new AtomicReference<>();
        Thread application =
                new Thread(() -> ChatModels.caching(RealRedis.shared()).run(context -> {
                    ModelContract made = new ModelContract(ModelCache.builder(context.getBean(PromptCache.class))
                            .build());
                    contract.set(made);
                    started.countDown();
                    made.closed.await();
                }));
        application.setDaemon(true);
        application.start();
        try {
            assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(ex);
        }
        return Objects.requireNonNull(contract.get());
    }

    ChatModel cached(ChatModel model) {
        return CachingChatModel.builder()
                .delegate(model)
                .name("contract")
                .cache(cache)
                .build();
    }

    StreamingChatModel cached(StreamingChatModel model) {
        return CachingStreamingChatModel.builder()
                .delegate(model)
                .name("contract")
                .cache(cache)
                .build();
    }

    /** Asks twice, and gives back the second answer, after a look whether it is the first one. */
    static ChatResponseAndStreamingMetadata twice(boolean cached, Supplier<ChatResponseAndStreamingMetadata> asking) {
        ChatResponse first = asking.get().chatResponse();
        ChatResponseAndStreamingMetadata second = asking.get();
        ChatResponse again = second.chatResponse();
        boolean whole = !first.aiMessage().hasToolExecutionRequests() && first.finishReason() == FinishReason.STOP;
        assertThat(again instanceof CachedChatResponse).isEqualTo(cached && whole);
        if (whole) {
            assertThat(again.aiMessage()).isEqualTo(first.aiMessage());
            assertThat(again.tokenUsage().totalTokenCount())
                    .isEqualTo(first.tokenUsage().totalTokenCount());
        }
        return second;
    }

    @Override
    public void close() {
        closed.countDown();
        openAi.close();
    }
}
