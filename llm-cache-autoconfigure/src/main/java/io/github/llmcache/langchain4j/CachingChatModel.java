package io.github.llmcache.langchain4j;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.github.llmcache.engine.Load;
import io.github.llmcache.engine.PromptCall;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A chat model that answers a repeated request from the cache.
 *
 * <p>The key is the whole request: every message with its role and content, and every parameter, those of the model's
 * defaults included. A response from the cache is a {@link CachedChatResponse}; the model's listeners hear only of requests
 * that reach the model. What the model throws reaches the caller untouched; besides it there are {@link
 * io.github.llmcache.engine.PromptNotCachedException} and {@link io.github.llmcache.engine.LoadRefusedException}, where they
 * were asked for. Thread-safe, as far as the model is.
 */
public final class CachingChatModel implements ChatModel {

    private final ChatModel delegate;
    private final ChatCalls calls;

    private CachingChatModel(ChatModel delegate, Supplier<String> name, Supplier<ModelCache> cache) {
        this.delegate = delegate;
        this.calls = new ChatCalls(
                cache, CachedResponseCodec.WHOLE, name, delegate::provider, delegate::defaultRequestParameters);
    }

    /** Begins a decorated model; delegate, name and cache are to be given. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public ChatResponse chat(ChatRequest request) {
        return answer(request, false, () -> delegate.chat(request));
    }

    @Override
    public ChatResponse chat(ChatRequest request, ChatRequestOptions options) {
        return answer(request, false, () -> delegate.chat(request, options));
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        return answer(request, true, () -> delegate.doChat(request));
    }

    // A model may give null, against its contract; it is passed on as it is.
    @SuppressWarnings("NullAway")
    private ChatResponse answer(ChatRequest request, boolean whole, Load<?> load) {
        ModelCache cache = calls.cache();
        try {
            return (ChatResponse) (cache == null ? load.get() : answer(cache, request, whole, load));
        } catch (Throwable failure) {
            throw Unchecked.rethrow(failure);
        }
    }

    private @Nullable Object answer(ModelCache cache, ChatRequest request, boolean whole, Load<?> load)
            throws Throwable {
        ChatCalls.Prepared prepared = calls.prepare(cache, request, whole);
        PromptCall call = prepared.call();
        if (cache.capture().isCapturing()) {
            cache.capture()
                    .reached(
                            call,
                            call == null ? prepared.bypassed().reason() : null,
                            () -> calls.describe(cache, request, whole, prepared));
            return null;
        }
        return call == null
                ? cache.cache().bypass(prepared.bypassed(), load)
                : cache.cache().call(call, load);
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
    public ChatModel delegate() {
        return delegate;
    }

    /** Builds a {@link CachingChatModel}; not thread-safe. */
    public static final class Builder {

        private @Nullable ChatModel delegate;
        private @Nullable Supplier<String> name;
        private @Nullable Supplier<ModelCache> cache;

        private Builder() {}

        /**
         * Sets the model.
         *
         * @param delegate the model that is asked on a miss
         * @return this builder
         */
        public Builder delegate(ChatModel delegate) {
            this.delegate = delegate;
            return this;
        }

        /**
         * Names the model. Two models that may answer the same request differently, as those of two servers do, need two
         * names; a whole and a streaming model of one name share their answers.
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
        public CachingChatModel build() {
            return new CachingChatModel(
                    Objects.requireNonNull(delegate, "delegate"),
                    Objects.requireNonNull(name, "name: models that answer differently need different names"),
                    Objects.requireNonNull(cache, "cache"));
        }
    }
}
