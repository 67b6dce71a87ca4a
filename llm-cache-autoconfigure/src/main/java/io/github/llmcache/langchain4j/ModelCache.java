package io.github.llmcache.langchain4j;

import io.github.llmcache.engine.AdmissionPolicy;
import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CachePolicy;
import io.github.llmcache.engine.CacheSettings;
import io.github.llmcache.engine.CompleteAnswers;
import io.github.llmcache.engine.PromptCache;
import io.github.llmcache.engine.PromptCallCapture;
import io.github.llmcache.engine.PromptCallDirectives;
import io.github.llmcache.interceptor.KeyMemo;
import io.github.llmcache.key.ArgumentEncoding;
import io.github.llmcache.key.CanonicalKeyGenerator;
import io.github.llmcache.key.PromptKeyGenerator;
import io.github.llmcache.key.PromptNormalizer;
import io.github.llmcache.model.ModelConfig;
import io.github.llmcache.model.ModelConfigRegistry;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What decorated models have in common: the cache that they use, its settings, and how requests become keys.
 *
 * <pre>{@code
 * ModelCache cache = ModelCache.builder(promptCache).build();
 * ChatModel model = CachingChatModel.builder().delegate(openAi).name("openai").cache(cache).build();
 * }</pre>
 *
 * <p>Immutable and thread-safe, as far as its parts are.
 */
public final class ModelCache {

    /** The name of the cache where none is given. */
    public static final String DEFAULT_NAME = "chat-model";

    private final PromptCache cache;
    private final String name;
    private final CacheSettings settings;
    private final ModelConfigRegistry models;
    private final PromptKeyGenerator keys;
    private final AdmissionPolicy admission;
    private final PromptCallDirectives directives;
    private final PromptCallCapture capture;
    private final @Nullable ModelScope scope;
    private final @Nullable PromptNormalizer normalizer;
    private final @Nullable KeyMemo memo;

    private ModelCache(Builder from) {
        this.cache = from.cache;
        this.name = from.name;
        from.catalog.add(name);
        this.settings = from.catalog.settingsOf(name);
        this.models = from.models;
        this.keys = from.keys;
        this.admission = from.admission == null ? new CompleteAnswers(from.catalog) : from.admission;
        this.directives = from.directives;
        this.capture = from.capture;
        this.scope = from.scope;
        this.normalizer = from.normalizer;
        this.memo = from.memo;
        if (settings.requireScope() && scope == null) {
            throw new IllegalArgumentException("The cache '" + name + "' requires a scope (llm-cache.require-scope),"
                    + " and nothing tells the scope of calls of models: declare a ModelScope bean, or set llm-cache.caches."
                    + name + ".require-scope=false");
        }
    }

    /**
     * Begins a cache of models.
     *
     * @param cache answers the calls
     * @return a builder in which all else has a default
     */
    public static Builder builder(PromptCache cache) {
        return new Builder(cache);
    }

    PromptCache cache() {
        return cache;
    }

    String name() {
        return name;
    }

    CacheSettings settings() {
        return settings;
    }

    PromptKeyGenerator keys() {
        return keys;
    }

    AdmissionPolicy admission() {
        return admission;
    }

    PromptCallDirectives directives() {
        return directives;
    }

    PromptCallCapture capture() {
        return capture;
    }

    @Nullable
    ModelScope scope() {
        return scope;
    }

    @Nullable
    KeyMemo memo() {
        return memo;
    }

    /** Folds a text of the prompt, if texts are to be folded. */
    String folded(String text) {
        return normalizer == null ? text : normalizer.normalize(text, settings.normalization());
    }

    /** Whether the version of a model is known, without which its answers are not to be looked for. */
    boolean knows(@Nullable String model) {
        return model == null || models.isKnown(model);
    }

    @Nullable
    String versionOf(@Nullable String model) {
        return model == null
                ? null
                : models.find(model).map(ModelConfig::version).orElse(null);
    }

    /** The model that answers a request, or the one of the cache's settings where the request names none. */
    @Nullable
    String modelOf(@Nullable String requested) {
        return requested == null || requested.isBlank() ? settings.defaultModel() : requested;
    }

    CachePolicy policyOf(@Nullable String model) {
        return new CachePolicy(
                name,
                settings.ttl(),
                settings.ttlJitter(),
                settings.staleness(),
                settings.maxEntrySize(),
                settings.storePrompt(),
                model,
                false);
    }

    /** Builds a {@link ModelCache}; not thread-safe. */
    public static final class Builder {

        private final PromptCache cache;
        private String name = DEFAULT_NAME;
        private CacheCatalog catalog = new CacheCatalog(CacheSettings.DEFAULTS, Map.of());
        private ModelConfigRegistry models = ModelConfigRegistry.of(List.of());
        private PromptKeyGenerator keys = new CanonicalKeyGenerator(
                new ArgumentEncoding(List.of(new ChatMessageEncoder(), new ChatRequestEncoder())));
        private @Nullable AdmissionPolicy admission;
        private PromptCallDirectives directives = new PromptCallDirectives();
        private PromptCallCapture capture = new PromptCallCapture();
        private @Nullable ModelScope scope;
        private @Nullable PromptNormalizer normalizer;
        private @Nullable KeyMemo memo;

        private Builder(PromptCache cache) {
            this.cache = Objects.requireNonNull(cache, "cache");
        }

        /**
         * Names the cache.
         *
         * @param name the name, by default {@value #DEFAULT_NAME}
         * @return this builder
         */
        public Builder name(String name) {
            this.name = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * Takes the settings of the cache from a catalog.
         *
         * @param catalog knows the settings of caches by their names; by default {@link CacheSettings#DEFAULTS} hold
         * @return this builder
         */
        public Builder catalog(CacheCatalog catalog) {
            this.catalog = Objects.requireNonNull(catalog, "catalog");
            return this;
        }

        /**
         * Takes the versions of models, which are part of the keys.
         *
         * @param models knows them; by default no model has one
         * @return this builder
         */
        public Builder models(ModelConfigRegistry models) {
            this.models = Objects.requireNonNull(models, "models");
            return this;
        }

        /**
         * Sets what makes keys of requests; it has to know messages and parameters of requests.
         *
         * @param keys makes keys, by default by {@link ChatMessageEncoder} and {@link ChatRequestEncoder}
         * @return this builder
         */
        public Builder keys(PromptKeyGenerator keys) {
            this.keys = Objects.requireNonNull(keys, "keys");
            return this;
        }

        /**
         * Sets which requests are looked up at all. Which answers are stored is up to the {@link PromptCache}.
         *
         * @param admission decides, by default {@link CompleteAnswers}
         * @return this builder
         */
        public Builder admission(AdmissionPolicy admission) {
            this.admission = Objects.requireNonNull(admission, "admission");
            return this;
        }

        /**
         * Sets where calls find what their threads ask for.
         *
         * @param directives knows it
         * @return this builder
         */
        public Builder directives(PromptCallDirectives directives) {
            this.directives = Objects.requireNonNull(directives, "directives");
            return this;
        }

        /**
         * Sets what takes calls that are asked for their keys only.
         *
         * @param capture takes them
         * @return this builder
         */
        public Builder capture(PromptCallCapture capture) {
            this.capture = Objects.requireNonNull(capture, "capture");
            return this;
        }

        /**
         * Gives the calls a scope.
         *
         * @param scope tells it; by default answers are everybody's who asks the very same
         * @return this builder
         */
        public Builder scope(@Nullable ModelScope scope) {
            this.scope = scope;
            return this;
        }

        /**
         * Folds the text of the last user message before it becomes part of the key; the model gets it as it is.
         *
         * @param normalizer folds it by the settings of the cache; by default nothing is folded
         * @return this builder
         */
        public Builder normalizer(@Nullable PromptNormalizer normalizer) {
            this.normalizer = normalizer;
            return this;
        }

        /**
         * Remembers keys of requests that come often. To be given only where {@link #keys} looks at nothing but what it
         * is given.
         *
         * @param memo remembers them; by default nothing does
         * @return this builder
         */
        public Builder memo(@Nullable KeyMemo memo) {
            this.memo = memo;
            return this;
        }

        /**
         * Builds the cache.
         *
         * @return the cache
         * @throws IllegalArgumentException if the name can't be a cache's, or a scope is required and there is none
         */
        public ModelCache build() {
            return new ModelCache(this);
        }
    }
}
