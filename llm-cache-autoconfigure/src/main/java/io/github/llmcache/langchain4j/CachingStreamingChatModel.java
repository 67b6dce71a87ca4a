package io.github.llmcache.langchain4j;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.github.llmcache.engine.PromptCall;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A streaming chat model that answers a repeated request from the cache, word by word.
 *
 * <p>The key is that of {@link CachingChatModel}, so that a request that was streamed and one that was not share an answer.
 * On a miss the pieces pass through as the model makes them, and the response is stored when it is complete; one that fails
 * or is cancelled is not stored. Others who ask the same meanwhile get the whole response when it is complete. The caller
 * does not wait for Redis: the handler is called on another thread, or on the caller's where the answer is in memory.
 * Thread-safe, as far as the model is.
 */
public final class CachingStreamingChatModel implements StreamingChatModel {

    private final StreamingChatModel delegate;
    private final ChatCalls calls;

    private CachingStreamingChatModel(StreamingChatModel delegate, Supplier<String> name, Supplier<ModelCache> cache) {
        this.delegate = delegate;
        this.calls = new ChatCalls(
                cache, CachedResponseCodec.STREAMED, name, delegate::provider, delegate::defaultRequestParameters);
    }

    /** Begins a decorated model; delegate, name and cache are to be given. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public void chat(ChatRequest request, StreamingChatResponseHandler handler) {
        answer(request, false, handler, asking -> delegate.chat(request, asking));
    }

    @Override
    public void chat(ChatRequest request, ChatRequestOptions options, StreamingChatResponseHandler handler) {
        answer(request, false, handler, asking -> delegate.chat(request, options, asking));
    }

    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
        answer(request, true, handler, asking -> delegate.doChat(request, asking));
    }

    private void answer(
            ChatRequest request, boolean whole, StreamingChatResponseHandler handler, StreamedCall.Asking asking) {
        ModelCache cache = calls.cache();
        if (cache == null) {
            asking.ask(handler);
            return;
        }
        ChatCalls.Prepared prepared = calls.prepare(cache, request, whole);
        PromptCall call = prepared.call();
        if (cache.capture().isCapturing()) {
            cache.capture()
                    .reached(
                            call,
                            call == null ? prepared.bypassed().reason() : null,
                            () -> calls.describe(cache, request, whole, prepared));
            return;
        }
        StreamedCall streamed = new StreamedCall(cache.cache(), handler, asking);
        if (call == null) {
            streamed.pass(prepared.bypassed());
        } else {
            streamed.open(call);
        }
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
        return delegate.defaultRequestParameters();
    }

    @Override
    public List<ChatModelListener> listeners() {
        return delegate.listeners();
    }

    @Override
    public ModelProvider provider() {
        return delegate.provider();
    }

    @Override
    public Set<Capability> supportedCapabilities() {
        return delegate.supportedCapabilities();
    }

    /** The model behind the cache. */
    public StreamingChatModel delegate() {
        return delegate;
    }

    /** Builds a {@link CachingStreamingChatModel}; not thread-safe. */
    public static final class Builder {

        private @Nullable StreamingChatModel delegate;
        private @Nullable Supplier<String> name;
        private @Nullable Supplier<ModelCache> cache;

        private Builder() {}

        /**
         * Sets the model.
         *
         * @param delegate the model that is asked on a miss
         * @return this builder
         */
        public Builder delegate(StreamingChatModel delegate) {
            this.delegate = delegate;
            return this;
        }

        /**
         * Names the model, as {@link CachingChatModel.Builder#name(String)} does.
         *
         * @param name the name, part of the keys
         * @return this builder
         */
        public Builder name(String name) {
            Objects.requireNonNull(name, "name");
            return name(() -> name);
        }

        /**
         * Names the model by what is known only when it is called.
         *
         * @param name tells the name, quickly, and never null
         * @return this builder
         */
        public Builder name(Supplier<String> name) {
            this.name = name;
            return this;
        }

        /**
         * Sets the cache.
         *
         * @param cache the cache of this model and of others
         * @return this builder
         */
        public Builder cache(ModelCache cache) {
            Objects.requireNonNull(cache, "cache");
            return cache(() -> cache);
        }

        /**
         * Sets the cache by what is there only when the model is called.
         *
         * @param cache gives the cache, quickly, and never null
         * @return this builder
         */
        public Builder cache(Supplier<ModelCache> cache) {
            this.cache = cache;
            return this;
        }

        /**
         * Builds the model.
         *
         * @return the model
         * @throws NullPointerException if delegate, name or cache is missing, naming it
         */
        public CachingStreamingChatModel build() {
            return new CachingStreamingChatModel(
                    Objects.requireNonNull(delegate, "delegate"),
                    Objects.requireNonNull(name, "name: models that answer differently need different names"),
                    Objects.requireNonNull(cache, "cache"));
        }
    }
}
