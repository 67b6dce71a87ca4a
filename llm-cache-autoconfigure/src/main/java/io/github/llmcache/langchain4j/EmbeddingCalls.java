package io.github.llmcache.langchain4j;

import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.request.EmbeddingParameter;
import dev.langchain4j.model.embedding.request.EmbeddingRequestParameters;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import io.github.llmcache.engine.CapturedCall;
import io.github.llmcache.engine.PromptBypass;
import io.github.llmcache.engine.PromptCall;
import io.github.llmcache.engine.PromptDirectives;
import io.github.llmcache.event.BypassReason;
import io.github.llmcache.key.PromptRequest;
import io.github.llmcache.key.UnstableArgumentException;
import io.github.llmcache.payload.TokenCount;
import io.github.llmcache.tier.EntryTerms;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns the texts that a decorated model is to embed into calls of the cache, one for each, or says why they can't be
 * answered from it.
 *
 * <p>Thread-safe, and never throws.
 */
final class EmbeddingCalls {

    private static final Predicate<Object> NEVER = answer -> false;

    private final Supplier<String> name;
    private final EmbeddingModel model;

    EmbeddingCalls(Supplier<String> name, EmbeddingModel model) {
        this.name = name;
        this.model = model;
    }

    /**
     * What is embedded as one vector.
     *
     * @param contents its parts; for nearly all models a single text
     * @param metadata what else the model may look at, empty where it does not
     * @param way by which method of its own the model is asked, which may embed the same otherwise
     */
    record Input(List<Content> contents, Map<String, Object> metadata, String way) {

        private String text() {
            StringBuilder text = new StringBuilder();
            for (Content content : contents) {
                if (content instanceof TextContent part) {
                    text.append(text.length() == 0 ? "" : "\n").append(part.text());
                }
            }
            return text.toString();
        }

        /** By which its share of a batch's tokens is reckoned. */
        long length() {
            return text().length() + 1L;
        }
    }

    /** What the inputs turned out to be: one of the two is there. */
    record Prepared(
            @Nullable List<PromptCall> calls, @Nullable PromptBypass bypass) {}

    Prepared prepare(ModelCache cache, List<Input> inputs, EmbeddingRequestParameters parameters) {
        PromptDirectives directives = cache.directives().current();
        BypassReason reason = BypassReason.STRATEGY;
        try {
            String scope = cache.scope() == null ? null : cache.scope().current();
            if (cache.scope() == null || scope != null && !scope.isBlank()) {
                EmbeddingRequestParameters all =
                        model.defaultRequestParameters().overrideWith(parameters);
                String modelName = cache.modelOf(all.modelName() == null ? model.modelName() : all.modelName());
                if (cache.knows(modelName)) {
                    return new Prepared(calls(cache, inputs, all, modelName, scope, directives), null);
                }
                return new Prepared(
                        null, new PromptBypass(cache.name(), modelName, BypassReason.MODEL_CONFIG, directives));
            }
            reason = BypassReason.SCOPE;
        } catch (UnstableArgumentException ex) {
            reason = BypassReason.ARGUMENT;
        } catch (StackOverflowError ex) {
            reason = BypassReason.STRATEGY;
        } catch (VirtualMachineError ex) {
            throw ex;
        } catch (Throwable ex) {
            reason = BypassReason.STRATEGY;
        }
        return new Prepared(null, new PromptBypass(cache.name(), null, reason, directives, EmbeddingCalls::tokensOf));
    }

    private static @Nullable TokenCount tokensOf(Object response) {
        return Tokens.count(((EmbeddingResponse) response).tokenUsage());
    }

    private List<PromptCall> calls(
            ModelCache cache,
            List<Input> inputs,
            EmbeddingRequestParameters all,
            @Nullable String modelName,
            @Nullable String scope,
            PromptDirectives directives) {
        String version = cache.versionOf(modelName);
        EntryTerms terms = scope == null ? EntryTerms.NONE : new EntryTerms(scope, null, List.of());
        String identity = identity();
        List<PromptCall> calls = new ArrayList<>(inputs.size());
        for (Input input : inputs) {
            PromptRequest request = request(cache, identity, input, all, modelName, version, scope);
            calls.add(new PromptCall(
                    Objects.requireNonNull(cache.keys().generate(request)),
                    cache.policyOf(modelName),
                    EmbeddedTextCodec.INSTANCE,
                    NEVER,
                    scope,
                    answer -> terms,
                    directives));
        }
        return calls;
    }

    private String identity() {
        return "EmbeddingModel " + model.provider() + " " + name.get();
    }

    private static PromptRequest request(
            ModelCache cache,
            String identity,
            Input input,
            EmbeddingRequestParameters all,
            @Nullable String modelName,
            @Nullable String version,
            @Nullable String scope) {
        return new PromptRequest(
                cache.name(),
                identity,
                "Embedding",
                List.of(),
                modelName,
                version,
                null,
                cache.settings().version(),
                scope,
                Arrays.asList(input.contents(), new TreeMap<>(input.metadata()), values(all), input.way()),
                input.text());
    }

    /** Tells all of the first of some calls that are not made. */
    CapturedCall describe(
            ModelCache cache, List<Input> inputs, EmbeddingRequestParameters parameters, Prepared prepared) {
        if (prepared.calls() == null) {
            return CapturedCall.of(Objects.requireNonNull(prepared.bypass()), cache.keys());
        }
        PromptCall first = prepared.calls().get(0);
        String modelName = first.policy().model();
        return CapturedCall.of(
                first,
                request(
                        cache,
                        identity(),
                        inputs.get(0),
                        model.defaultRequestParameters().overrideWith(parameters),
                        modelName,
                        cache.versionOf(modelName),
                        first.scope()),
                cache.keys());
    }

    /** By their names, whatever class holds them: which one does is no matter of the request. */
    private static Map<String, Object> values(EmbeddingRequestParameters parameters) {
        Map<String, Object> values = new TreeMap<>();
        for (EmbeddingParameter<?> parameter : parameters.presentParameters()) {
            values.put(parameter.name(), parameters.parameter(parameter));
        }
        return values;
    }
}
