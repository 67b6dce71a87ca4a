package io.github.llmcache.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.langchain4j.rag.content.Content;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Plays a whole response as a stream, word by word, until it is cancelled: what the model thought, its text, its tool
 * calls, and the response.
 */
final class StreamReplay implements StreamingHandle {

    private final StreamingChatResponseHandler handler;
    private volatile boolean cancelled;

    StreamReplay(StreamingChatResponseHandler handler) {
        this.handler = handler;
    }

    @Override
    public void cancel() {
        cancelled = true;
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    void replay(ChatResponse response) {
        if (handler instanceof ToldReceivers receivers && response instanceof CachedChatResponse cached) {
            List<Content> sources = cached.sources();
            if (!sources.isEmpty()) {
                Told.safely(handler, () -> receivers.onRetrieved(sources));
            }
        }
        words(
                response.aiMessage().thinking(),
                word -> handler.onPartialThinking(new PartialThinking(word), new PartialThinkingContext(this)));
        words(
                response.aiMessage().text(),
                word -> handler.onPartialResponse(new PartialResponse(word), new PartialResponseContext(this)));
        List<ToolExecutionRequest> tools = response.aiMessage().toolExecutionRequests();
        for (int i = 0; i < tools.size() && !cancelled; i++) {
            CompleteToolCall call = new CompleteToolCall(i, tools.get(i));
            Told.safely(handler, () -> handler.onCompleteToolCall(call));
        }
        if (!cancelled) {
            Told.safely(handler, () -> handler.onCompleteResponse(response));
        }
    }

    /** Tells a text word by word, each with the white space behind it. */
    private void words(@Nullable String text, Consumer<String> word) {
        if (text == null) {
            return;
        }
        int start = 0;
        while (start < text.length() && !cancelled) {
            int end = endOfWord(text, start);
            String next = text.substring(start, end);
            Told.safely(handler, () -> word.accept(next));
            start = end;
        }
    }

    private static int endOfWord(String text, int start) {
        int end = start;
        while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
            end++;
        }
        while (end < text.length() && Character.isWhitespace(text.charAt(end))) {
            end++;
        }
        return end;
    }
}
