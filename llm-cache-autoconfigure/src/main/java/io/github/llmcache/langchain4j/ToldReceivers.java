package io.github.llmcache.langchain4j;

import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.PartialToolCallContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.service.tool.BeforeToolExecution;
import dev.langchain4j.service.tool.ToolExecution;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Tells the receivers of a started token stream what happens to it. After an error they hear nothing more, and of the end
 * only once: OpenAI's client goes on to complete a stream that broke, with the half of the text that it has. A receiver that
 * fails hears of it as of an error, and the stream goes on, as LangChain4j's own does.
 *
 * <p>Thread-safe, as far as the receivers are.
 */
final class ToldReceivers implements StreamingChatResponseHandler {

    private static final Log log = LogFactory.getLog(ToldReceivers.class);

    private static final StreamingHandle UNSUPPORTED = new StreamingHandle() {
        @Override
        public void cancel() {
            throw new UnsupportedFeatureException("This stream can't be cancelled");
        }

        @Override
        public boolean isCancelled() {
            return false;
        }
    };

    private final StreamReceivers receivers;
    private volatile boolean failed;
    private volatile boolean complete;
    private volatile @Nullable Throwable receiversFailure;

    ToldReceivers(StreamReceivers receivers) {
        this.receivers = receivers;
    }

    @Override
    public void onPartialResponse(String partialResponse) {
        onPartialResponse(new PartialResponse(partialResponse), new PartialResponseContext(UNSUPPORTED));
    }

    @Override
    public void onPartialResponse(PartialResponse partialResponse, PartialResponseContext context) {
        tell(receivers.text, partialResponse.text());
        tell(receivers.textWithContext, partialResponse, context);
    }

    @Override
    public void onPartialThinking(PartialThinking partialThinking) {
        onPartialThinking(partialThinking, new PartialThinkingContext(UNSUPPORTED));
    }

    @Override
    public void onPartialThinking(PartialThinking partialThinking, PartialThinkingContext context) {
        tell(receivers.thinking, partialThinking);
        tell(receivers.thinkingWithContext, partialThinking, context);
    }

    @Override
    public void onPartialToolCall(PartialToolCall partialToolCall) {
        onPartialToolCall(partialToolCall, new PartialToolCallContext(UNSUPPORTED));
    }

    @Override
    public void onPartialToolCall(PartialToolCall partialToolCall, PartialToolCallContext context) {
        tell(receivers.toolCall, partialToolCall);
        tell(receivers.toolCallWithContext, partialToolCall, context);
    }

    @Override
    public void onUnmappedRawEvent(Object rawEvent) {
        tell(receivers.rawEvent, rawEvent);
    }

    void onRetrieved(List<Content> sources) {
        tell(receivers.retrieved, sources);
    }

    void onIntermediateResponse(ChatResponse response) {
        tell(receivers.intermediate, response);
    }

    void beforeToolExecution(BeforeToolExecution execution) {
        tell(receivers.beforeTool, execution);
    }

    void onToolExecuted(ToolExecution execution) {
        tell(receivers.afterTool, execution);
    }

    @Override
    public void onCompleteResponse(ChatResponse completeResponse) {
        if (complete) {
            return;
        }
        boolean told = !failed;
        complete = true;
        if (told && receivers.complete != null) {
            Consumer<ChatResponse> receiver = receivers.complete;
            ChatResponse response =
                    completeResponse instanceof ServiceResponse service ? service.original() : completeResponse;
            telling(() -> receiver.accept(response));
        }
    }

    @Override
    public void onError(Throwable error) {
        if (failed) {
            return;
        }
        failed = error != receiversFailure;
        if (receivers.error != null) {
            receivers.error.accept(error);
        } else {
            log.warn("The error of a stream was ignored, as its caller asked for: "
                    + error.getClass().getName());
        }
    }

    private <T> void tell(@Nullable Consumer<T> receiver, T told) {
        if (receiver != null && !failed) {
            telling(() -> receiver.accept(told));
        }
    }

    private <T, C> void tell(@Nullable BiConsumer<T, C> receiver, T told, C context) {
        if (receiver != null && !failed) {
            telling(() -> receiver.accept(told, context));
        }
    }

    private void telling(Runnable telling) {
        try {
            telling.run();
        } catch (Throwable ex) {
            receiversFailure = ex;
            throw ex;
        }
    }
}
