package io.github.llmcache.langchain4j;

import dev.langchain4j.data.document.Metadata;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.ContentType;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import dev.langchain4j.model.embedding.request.EmbeddingInput;
import dev.langchain4j.model.embedding.request.EmbeddingParameter;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.request.EmbeddingRequestParameters;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.langchain4j.model.output.Response;
import io.github.llmcache.langchain4j.EmbeddingCalls.Input;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An embedding model that embeds a text only once.
 *
 * <p>Each text has an entry of its own: of a batch only those that are missing go to the model, and the vectors come in the
 * order of the texts. The key is the text with the model's name and all parameters of the request, the dimensions among
 * them. The token usage of a response is what the model was asked for now: zero where it was not asked. The model's
 * listeners hear only of requests that reach it. Thread-safe, as far as the model is.
 */
public final class CachingEmbeddingModel implements EmbeddingModel {

    private final EmbeddingModel delegate;
    private final EmbeddingBatches batches;
    private final boolean takesSegments;
    private final boolean knowsDimension;

    private CachingEmbeddingModel(EmbeddingModel delegate, Supplier<String> name, Supplier<ModelCache> cache) {
        this.delegate = delegate;
        this.batches = new EmbeddingBatches(cache, new EmbeddingCalls(name, delegate));
        this.takesSegments = overrides(delegate, "embedAll", List.class)
                || overrides(delegate, "embed", TextSegment.class)
                || overrides(delegate, "embed", String.class);
        this.knowsDimension = overrides(delegate, "dimension");
    }

    /** Begins a decorated model; delegate, name and cache are to be given. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public EmbeddingResponse embed(EmbeddingRequest request) {
        return embed(request, delegate::embed);
    }

    @Override
    public EmbeddingResponse doEmbed(EmbeddingRequest request) {
        return embed(request, delegate::doEmbed);
    }

    private EmbeddingResponse embed(EmbeddingRequest request, EmbeddingBatches.Asking asking) {
        List<EmbeddingInput> inputs = request.inputs();
        List<Input> asked = inputs.stream()
                .map(input -> new Input(input.contents(), Map.of(), ""))
                .toList();
        return batches.embed(
                asked,
                request.parameters(),
                places -> asking.embed(places.size() == inputs.size() ? request : part(request, places)));
    }

    private static EmbeddingRequest part(EmbeddingRequest request, List<Integer> places) {
        return EmbeddingRequest.builder()
                .inputs(places.stream()
                        .map(place -> request.inputs().get(place))
                        .toArray(EmbeddingInput[]::new))
                .parameters(request.parameters())
                .build();
    }

    @Override
    public Response<List<Embedding>> embedAll(List<TextSegment> textSegments) {
        if (textSegments == null || textSegments.isEmpty()) {
            return delegate.embedAll(textSegments);
        }
        List<Input> asked = textSegments.stream().map(this::input).toList();
        EmbeddingResponse response = batches.embed(asked, EmbeddingRequestParameters.EMPTY, places -> {
            Response<List<Embedding>> loaded =
                    delegate.embedAll(places.stream().map(textSegments::get).toList());
            return EmbeddingResponse.builder()
                    .embeddings(loaded.content())
                    .tokenUsage(loaded.tokenUsage())
                    .build();
        });
        return Response.from(response.embeddings(), response.tokenUsage());
    }

    @Override
    public Response<Embedding> embed(String text) {
        return embed(input(TextSegment.from(text)), () -> delegate.embed(text));
    }

    @Override
    public Response<Embedding> embed(TextSegment textSegment) {
        return embed(input(textSegment), () -> delegate.embed(textSegment));
    }

    private Response<Embedding> embed(Input input, Supplier<Response<Embedding>> asking) {
        EmbeddingResponse response = batches.embed(List.of(input), EmbeddingRequestParameters.EMPTY, places -> {
            Response<Embedding> loaded = asking.get();
            return EmbeddingResponse.builder()
                    .embeddings(List.of(loaded.content()))
                    .tokenUsage(loaded.tokenUsage())
                    .build();
        });
        return Response.from(response.embeddings().get(0), response.tokenUsage());
    }

    private Input input(TextSegment segment) {
        Metadata metadata = segment.metadata();
        return new Input(
                List.of(TextContent.from(segment.text())),
                takesSegments ? metadata.toMap() : Map.of(),
                takesSegments ? "segments" : "");
    }

    /** A model that has a method of its own for segments may look at more of them than their texts, such as a title. */
    private static boolean overrides(EmbeddingModel model, String method, Class<?>... parameters) {
        try {
            return model.getClass().getMethod(method, parameters).getDeclaringClass() != EmbeddingModel.class;
        } catch (NoSuchMethodException ex) {
            return true;
        }
    }

    @Override
    public List<EmbeddingModelListener> listeners() {
        return delegate.listeners();
    }

    @Override
    public ModelProvider provider() {
        return delegate.provider();
    }

    @Override
    public EmbeddingRequestParameters defaultRequestParameters() {
        return delegate.defaultRequestParameters();
    }

    @Override
    public Set<EmbeddingParameter<?>> supportedParameters() {
        return delegate.supportedParameters();
    }

    @Override
    public Set<ContentType> supportedContentTypes() {
        return delegate.supportedContentTypes();
    }

    @Override
    public int dimension() {
        // What is not known is found out by embedding a word, which need be done only once.
        return knowsDimension ? delegate.dimension() : EmbeddingModel.super.dimension();
    }

    @Override
    public String modelName() {
        return delegate.modelName();
    }

    /** The model behind the cache. */
    public EmbeddingModel delegate() {
        return delegate;
    }

    /** Builds a {@link CachingEmbeddingModel}; not thread-safe. */
    public static final class Builder {

        private @Nullable EmbeddingModel delegate;
        private @Nullable Supplier<String> name;
        private @Nullable Supplier<ModelCache> cache;

        private Builder() {}

        /**
         * Sets the model.
         *
         * @param delegate the model that embeds the texts that are missing
         * @return this builder
         */
        public Builder delegate(EmbeddingModel delegate) {
            this.delegate = delegate;
            return this;
        }

        /**
         * Names the model. Two models that may embed the same text differently, as those of two servers do, need two
         * names.
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
         * Sets the cache, which is best not that of chat models: vectors live longer.
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
        public CachingEmbeddingModel build() {
            return new CachingEmbeddingModel(
                    Objects.requireNonNull(delegate, "delegate"),
                    Objects.requireNonNull(name, "name: models that embed differently need different names"),
                    Objects.requireNonNull(cache, "cache"));
        }
    }
}
