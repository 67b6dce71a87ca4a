package io.github.llmcache.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.PartialToolCallContext;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.service.tool.BeforeToolExecution;
import dev.langchain4j.service.tool.ToolExecution;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the caller of a token stream gave to be told of it. Not thread-safe; a started stream has a copy of its own. */
final class StreamReceivers {

    @Nullable
    Consumer<String> text;

    @Nullable
    BiConsumer<PartialResponse, PartialResponseContext> textWithContext;

    @Nullable
    Consumer<PartialThinking> thinking;

    @Nullable
    BiConsumer<PartialThinking, PartialThinkingContext> thinkingWithContext;

    @Nullable
    Consumer<PartialToolCall> toolCall;

    @Nullable
    BiConsumer<PartialToolCall, PartialToolCallContext> toolCallWithContext;

    @Nullable
    Consumer<List<Content>> retrieved;

    @Nullable
    Consumer<ChatResponse> intermediate;

    @Nullable
    Consumer<BeforeToolExecution> beforeTool;

    @Nullable
    Consumer<ToolExecution> afterTool;

    @Nullable
    Consumer<Object> rawEvent;

    @Nullable
    Consumer<ChatResponse> complete;

    @Nullable
    Consumer<Throwable> error;

    StreamReceivers() {}

    StreamReceivers(StreamReceivers other) {
        text = other.text;
        textWithContext = other.textWithContext;
        thinking = other.thinking;
        thinkingWithContext = other.thinkingWithContext;
        toolCall = other.toolCall;
        toolCallWithContext = other.toolCallWithContext;
        retrieved = other.retrieved;
        intermediate = other.intermediate;
        beforeTool = other.beforeTool;
        afterTool = other.afterTool;
        rawEvent = other.rawEvent;
        complete = other.complete;
        error = other.error;
    }

    /** Tells a receiver, if there is one. */
    static <T> void tell(@Nullable Consumer<T> receiver, T told) {
        if (receiver != null) {
            receiver.accept(told);
        }
    }
}
