package io.github.llmcache.langchain4j;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.util.List;
import java.util.Set;

/**
 * A model that answers both whole and in a stream, decorated as both.
 *
 * <p>Thread-safe, as far as the model is.
 *
 * @param whole the model, decorated for whole responses
 * @param streaming the same model, decorated for streams
 */
public record CachingBothChatModels(CachingChatModel whole, CachingStreamingChatModel streaming)
        implements ChatModel, StreamingChatModel {

    @Override
    public ChatResponse chat(ChatRequest request) {
        return whole.chat(request);
    }

    @Override
    public ChatResponse chat(ChatRequest request, ChatRequestOptions options) {
        return whole.chat(request, options);
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        return whole.doChat(request);
    }

    @Override
    public void chat(ChatRequest request, StreamingChatResponseHandler handler) {
        streaming.chat(request, handler);
    }

    @Override
    public void chat(ChatRequest request, ChatRequestOptions options, StreamingChatResponseHandler handler) {
        streaming.chat(request, options, handler);
    }

    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
        streaming.doChat(request, handler);
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
        return whole.defaultRequestParameters();
    }

    @Override
    public List<ChatModelListener> listeners() {
        return whole.listeners();
    }

    @Override
    public ModelProvider provider() {
        return whole.provider();
    }

    @Override
    public Set<Capability> supportedCapabilities() {
        return whole.supportedCapabilities();
    }
}
