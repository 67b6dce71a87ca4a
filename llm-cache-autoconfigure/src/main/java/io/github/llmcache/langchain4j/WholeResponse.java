package io.github.llmcache.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waits for the response that a stream ends with, and for none of its pieces. */
final class WholeResponse implements StreamingChatResponseHandler {

    private final CompletableFuture<ChatResponse> response = new CompletableFuture<>();
    private volatile @Nullable StreamingHandle handle;

    /** The response, or a failure after some time, when the stream is cancelled. */
    CompletionStage<ChatResponse> within(Duration time) {
        return response.orTimeout(time.toNanos(), TimeUnit.NANOSECONDS).whenComplete((whole, failure) -> {
            StreamingHandle open = handle;
            if (failure instanceof TimeoutException && open != null) {
                open.cancel();
            }
        });
    }

    @Override
    public void onPartialResponse(String partialResponse) {}

    @Override
    public void onPartialResponse(PartialResponse partialResponse, PartialResponseContext context) {
        handle = context.streamingHandle();
    }

    @Override
    public void onPartialThinking(PartialThinking partialThinking, PartialThinkingContext context) {
        handle = context.streamingHandle();
    }

    @Override
    public void onCompleteResponse(ChatResponse completeResponse) {
        response.complete(completeResponse);
    }

    @Override
    public void onError(Throwable error) {
        response.completeExceptionally(error);
    }
}
