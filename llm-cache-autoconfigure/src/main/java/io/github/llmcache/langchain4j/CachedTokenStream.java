package io.github.llmcache.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.PartialToolCallContext;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.service.IllegalConfigurationException;
import dev.langchain4j.service.TokenStream;
import dev.langchain4j.service.tool.BeforeToolExecution;
import dev.langchain4j.service.tool.ToolExecution;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A token stream that asks nobody before it is started: it takes down what its caller wants to be told, and refuses, in
 * LangChain4j's words, what LangChain4j's own stream refuses.
 *
 * <p>Not thread-safe until it is started.
 */
final class CachedTokenStream implements TokenStream {

    private final @Nullable Consumer<StreamReceivers> opening;
    private final StreamReceivers receivers = new StreamReceivers();
    private final List<String> registered = new ArrayList<>();

    /**
     * Creates a stream.
     *
     * @param opening asks, each time the stream is started; null for a stream that does nothing
     */
    CachedTokenStream(@Nullable Consumer<StreamReceivers> opening) {
        this.opening = opening;
    }

    @Override
    public TokenStream onPartialResponse(Consumer<String> partialResponseHandler) {
        receivers.text = partialResponseHandler;
        return registered("onPartialResponse");
    }

    @Override
    public TokenStream onPartialResponseWithContext(BiConsumer<PartialResponse, PartialResponseContext> handler) {
        receivers.textWithContext = handler;
        return registered("onPartialResponseWithContext");
    }

    @Override
    public TokenStream onPartialThinking(Consumer<PartialThinking> partialThinkingHandler) {
        receivers.thinking = partialThinkingHandler;
        return registered("onPartialThinking");
    }

    @Override
    public TokenStream onPartialThinkingWithContext(BiConsumer<PartialThinking, PartialThinkingContext> handler) {
        receivers.thinkingWithContext = handler;
        return registered("onPartialThinkingWithContext");
    }

    @Override
    public TokenStream onPartialToolCall(Consumer<PartialToolCall> partialToolCallHandler) {
        receivers.toolCall = partialToolCallHandler;
        return registered("onPartialToolCall");
    }

    @Override
    public TokenStream onPartialToolCallWithContext(BiConsumer<PartialToolCall, PartialToolCallContext> handler) {
        receivers.toolCallWithContext = handler;
        return registered("onPartialToolCallWithContext");
    }

    @Override
    public TokenStream onRetrieved(Consumer<List<Content>> contentHandler) {
        receivers.retrieved = contentHandler;
        return registered("onRetrieved");
    }

    @Override
    public TokenStream onIntermediateResponse(Consumer<ChatResponse> intermediateResponseHandler) {
        receivers.intermediate = intermediateResponseHandler;
        return registered("onIntermediateResponse");
    }

    @Override
    public TokenStream beforeToolExecution(Consumer<BeforeToolExecution> beforeToolExecutionHandler) {
        receivers.beforeTool = beforeToolExecutionHandler;
        return registered("beforeToolExecution");
    }

    @Override
    public TokenStream onUnmappedRawEvent(Consumer<Object> rawEventHandler) {
        receivers.rawEvent = rawEventHandler;
        return registered("onUnmappedRawEvent");
    }

    @Override
    public TokenStream onToolExecuted(Consumer<ToolExecution> toolExecuteHandler) {
        receivers.afterTool = toolExecuteHandler;
        return registered("onToolExecuted");
    }

    @Override
    public TokenStream onCompleteResponse(Consumer<ChatResponse> completeResponseHandler) {
        receivers.complete = completeResponseHandler;
        return registered("onCompleteResponse");
    }

    @Override
    public TokenStream onError(Consumer<Throwable> errorHandler) {
        receivers.error = errorHandler;
        return registered("onError");
    }

    @Override
    public TokenStream ignoreErrors() {
        receivers.error = null;
        return registered("ignoreErrors");
    }

    @Override
    public void start() {
        if (opening == null) {
            return;
        }
        atMostOneOf("onPartialResponse", "onPartialResponseWithContext");
        atMostOneOf("onPartialThinking", "onPartialThinkingWithContext");
        atMostOneOf("onPartialToolCall", "onPartialToolCallWithContext");
        atMostOnce("onIntermediateResponse");
        atMostOnce("onCompleteResponse");
        atMostOnce("onRetrieved");
        atMostOnce("beforeToolExecution");
        atMostOnce("onUnmappedRawEvent");
        atMostOnce("onToolExecuted");
        if (times("onError", "ignoreErrors") != 1) {
            throw new IllegalConfigurationException(
                    "One of [onError, ignoreErrors] must be invoked on TokenStream exactly 1 time");
        }
        opening.accept(new StreamReceivers(receivers));
    }

    private TokenStream registered(String method) {
        registered.add(method);
        return this;
    }

    private void atMostOnce(String method) {
        if (times(method) > 1) {
            throw new IllegalConfigurationException(method + " can be invoked on TokenStream at most 1 time");
        }
    }

    private void atMostOneOf(String... methods) {
        if (times(methods) > 1) {
            throw new IllegalConfigurationException(
                    "One of " + Arrays.toString(methods) + " can be invoked on TokenStream at most 1 time");
        }
    }

    private int times(String... methods) {
        return Arrays.stream(methods)
                .mapToInt(method -> Collections.frequency(registered, method))
                .sum();
    }
}
