package io.github.llmcache.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import io.github.llmcache.autoconfigure.langchain4j.LlmCacheChatModelAutoConfiguration;
import io.github.llmcache.autoconfigure.langchain4j.LlmCacheLangChain4jAutoConfiguration;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.PromptCacheEvent;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.OpenAiStub;
import io.github.llmcache.testing.RealRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** Applications with LangChain4j's real OpenAI models, in front of a stub of OpenAI, and calls of them. */
final class ChatModels {

    private ChatModels() {}

    /** An application whose chat models are cached, with none yet. */
    static ApplicationContextRunner caching(RealRedis redis) {
        return CacheApplication.on(redis)
                .withConfiguration(AutoConfigurations.of(
                        LlmCacheLangChain4jAutoConfiguration.class, LlmCacheChatModelAutoConfiguration.class))
                .withPropertyValues("llm-cache.langchain4j.chat-model.enabled=true");
    }

    /** The same with a whole model {@code chat} and a streaming one {@code stream}, both of {@code gpt-test}. */
    static ApplicationContextRunner cachingBoth(RealRedis redis, OpenAiStub stub) {
        return caching(redis)
                .withBean("chat", ChatModel.class, () -> whole(stub, model -> model))
                .withBean("stream", StreamingChatModel.class, () -> streaming(stub));
    }

    static OpenAiChatModel whole(OpenAiStub stub, UnaryOperator<OpenAiChatModel.OpenAiChatModelBuilder> more) {
        return more.apply(OpenAiChatModel.builder()
                        .baseUrl(stub.baseUrl())
                        .apiKey("none")
                        .modelName("gpt-test")
                        .timeout(Duration.ofSeconds(20))
                        .maxRetries(0))
                .build();
    }

    static OpenAiStreamingChatModel streaming(OpenAiStub stub) {
        return OpenAiStreamingChatModel.builder()
                .baseUrl(stub.baseUrl())
                .apiKey("none")
                .modelName("gpt-test")
                .timeout(Duration.ofSeconds(20))
                .build();
    }

    /** How the cache answered a whole call. */
    static CacheOutcome outcome(ApplicationContext context, ChatModel model, ChatRequest request) {
        return event(context, () -> model.chat(request)).outcome();
    }

    static PromptCacheEvent event(ApplicationContext context, Runnable call) {
        try {
            return context.getBean(PromptCallObserver.class)
                    .observe(() -> {
                        call.run();
                        return "done";
                    })
                    .last()
                    .orElseThrow();
        } catch (Exception ex) {
            throw new IllegalStateException(ex);
        }
    }

    /** What a streamed call told its handler. */
    static class Streamed implements StreamingChatResponseHandler {

        final List<String> pieces = new ArrayList<>();
        final CompletableFuture<ChatResponse> response = new CompletableFuture<>();
        volatile @Nullable Consumer<PartialResponseContext> onPiece;

        static Streamed of(StreamingChatModel model, ChatRequest request) {
            Streamed streamed = new Streamed();
            model.chat(request, streamed);
            return streamed;
        }

        @Override
        public synchronized void onPartialResponse(String partialResponse) {
            pieces.add(partialResponse);
        }

        @Override
        public void onPartialResponse(PartialResponse partialResponse, PartialResponseContext context) {
            onPartialResponse(partialResponse.text());
            Consumer<PartialResponseContext> action = onPiece;
            if (action != null) {
                action.accept(context);
            }
        }

        @Override
        public void onCompleteResponse(ChatResponse completeResponse) {
            response.complete(completeResponse);
        }

        @Override
        public void onError(Throwable error) {
            response.completeExceptionally(error);
        }

        ChatResponse await() {
            return response.orTimeout(20, TimeUnit.SECONDS).join();
        }

        synchronized List<String> pieces() {
            return List.copyOf(pieces);
        }
    }
}
