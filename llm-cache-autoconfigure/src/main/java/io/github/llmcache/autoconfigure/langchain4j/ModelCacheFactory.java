package io.github.llmcache.autoconfigure.langchain4j;

import io.github.llmcache.autoconfigure.InvalidLlmCachePropertyException;
import io.github.llmcache.engine.AdmissionPolicy;
import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.PromptCache;
import io.github.llmcache.engine.PromptCallCapture;
import io.github.llmcache.engine.PromptCallDirectives;
import io.github.llmcache.interceptor.KeyMemo;
import io.github.llmcache.key.ArgumentEncoder;
import io.github.llmcache.key.ArgumentEncoding;
import io.github.llmcache.key.CanonicalKeyGenerator;
import io.github.llmcache.key.PromptKeyGenerator;
import io.github.llmcache.key.PromptNormalizer;
import io.github.llmcache.key.UnicodePromptNormalizer;
import io.github.llmcache.langchain4j.ChatMessageEncoder;
import io.github.llmcache.langchain4j.ChatRequestEncoder;
import io.github.llmcache.langchain4j.ModelCache;
import io.github.llmcache.langchain4j.ModelScope;
import io.github.llmcache.model.ModelConfigRegistry;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

/** Makes the caches of decorated models from the beans that all caches are made from. */
final class ModelCacheFactory {

    private final PromptCache cache;
    private final CacheCatalog catalog;
    private final PromptKeyGenerator keys;
    private final ArgumentEncoding encoding;
    private final ModelConfigRegistry models;
    private final AdmissionPolicy admission;
    private final PromptCallDirectives directives;
    private final PromptCallCapture capture;
    private final ObjectProvider<ModelScope> scope;
    private final ObjectProvider<ArgumentEncoder> encoders;
    private final ObjectProvider<KeyMemo> memo;

    ModelCacheFactory(
            PromptCache cache,
            CacheCatalog catalog,
            PromptKeyGenerator keys,
            ArgumentEncoding encoding,
            ModelConfigRegistry models,
            AdmissionPolicy admission,
            PromptCallDirectives directives,
            PromptCallCapture capture,
            ObjectProvider<ModelScope> scope,
            ObjectProvider<ArgumentEncoder> encoders,
            ObjectProvider<KeyMemo> memo) {
        this.cache = cache;
        this.catalog = catalog;
        this.keys = keys;
        this.encoding = encoding;
        this.models = models;
        this.admission = admission;
        this.directives = directives;
        this.capture = capture;
        this.scope = scope;
        this.encoders = encoders;
        this.memo = memo;
    }

    ModelCache create(String property, String name, @Nullable PromptNormalizer normalizer) {
        try {
            return ModelCache.builder(cache)
                    .name(name)
                    .catalog(catalog)
                    .keys(keys)
                    .normalizer(normalizer)
                    .models(models)
                    .admission(admission)
                    .directives(directives)
                    .capture(capture)
                    .scope(scope.getIfAvailable())
                    .memo(isPlain(normalizer) ? memo.getIfAvailable() : null)
                    .build();
        } catch (IllegalArgumentException ex) {
            throw new InvalidLlmCachePropertyException(
                    property,
                    name,
                    "can't be the cache of models: " + ex.getMessage(),
                    "Name another cache, or change what the message names.");
        }
    }

    /** A strategy of the application's own may look at more than what it is given, so that no key can be remembered. */
    private boolean isPlain(@Nullable PromptNormalizer normalizer) {
        return keys.getClass() == CanonicalKeyGenerator.class
                && ((CanonicalKeyGenerator) keys).encodesBy(encoding)
                && (normalizer == null || normalizer.getClass() == UnicodePromptNormalizer.class)
                && encoders.stream().allMatch(ModelCacheFactory::isOwn);
    }

    private static boolean isOwn(ArgumentEncoder encoder) {
        return encoder.getClass() == ChatMessageEncoder.class || encoder.getClass() == ChatRequestEncoder.class;
    }
}
