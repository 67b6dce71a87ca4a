package io.github.llmcache.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.request.EmbeddingRequestParameters;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.langchain4j.model.output.TokenUsage;
import io.github.llmcache.engine.PromptCall;
import io.github.llmcache.engine.PromptDirectives;
import io.github.llmcache.langchain4j.EmbeddingCalls.Input;
import io.github.llmcache.payload.TokenCount;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Embeds texts by way of the cache: each once, however often it is in a batch, and the missing ones together.
 *
 * <p>Thread-safe.
 */
final class EmbeddingBatches {

    /** Asks the model for a whole request. */
    @FunctionalInterface
    interface Asking {

        EmbeddingResponse embed(EmbeddingRequest request);
    }

    /** Asks the model for some of the inputs, by their places. */
    @FunctionalInterface
    interface AskingSome {

        EmbeddingResponse embed(List<Integer> places);
    }

    private final Supplier<ModelCache> caches;
    private final EmbeddingCalls calls;

    EmbeddingBatches(Supplier<ModelCache> caches, EmbeddingCalls calls) {
        this.caches = caches;
        this.calls = calls;
    }

    EmbeddingResponse embed(List<Input> inputs, EmbeddingRequestParameters parameters, AskingSome asking) {
        ModelCache cache = caches.get();
        EmbeddingCalls.Prepared prepared = calls.prepare(cache, inputs, parameters);
        if (cache.capture().isCapturing()) {
            PromptCall first =
                    prepared.calls() == null ? null : prepared.calls().get(0);
            cache.capture()
                    .reached(
                            first,
                            prepared.bypass() == null ? null : prepared.bypass().reason());
            return EmbeddingResponse.builder().embeddings(List.of()).build();
        }
        try {
            if (prepared.calls() == null) {
                return bypass(cache, prepared, inputs, asking);
            }
            Batch batch = new Batch(cache, inputs, prepared.calls(), asking);
            EmbeddingResponse response = batch.embed(PromptDirectives.NONE);
            // A model that has come to another dimension under its old name: no answer may have vectors of both.
            return isOfOneDimension(response) ? response : batch.embed(PromptDirectives.NO_CACHE);
        } catch (Throwable failure) {
            throw Unchecked.rethrow(failure);
        }
    }

    private static EmbeddingResponse bypass(
            ModelCache cache, EmbeddingCalls.Prepared prepared, List<Input> inputs, AskingSome asking)
            throws Throwable {
        return (EmbeddingResponse) Objects.requireNonNull(
                cache.cache().bypass(Objects.requireNonNull(prepared.bypass()), () -> asking.embed(all(inputs))));
    }

    private static List<Integer> all(List<Input> inputs) {
        return IntStream.range(0, inputs.size()).boxed().toList();
    }

    private static boolean isOfOneDimension(EmbeddingResponse response) {
        return response.embeddings().stream()
                        .mapToInt(Embedding::dimension)
                        .distinct()
                        .count()
                < 2;
    }

    /** The model has given more or fewer vectors than there were texts, so it is not known whose they are. */
    @SuppressWarnings("serial") // Never leaves this class.
    private static final class OtherCountException extends RuntimeException {

        OtherCountException() {
            super(null, null, false, false);
        }
    }

    /** One batch: the places of its inputs by their keys, since a text may be in it twice. */
    private static final class Batch {

        private final ModelCache cache;
        private final List<Input> inputs;
        private final AskingSome asking;
        private final Map<String, Integer> numbers = new LinkedHashMap<>();
        private final List<PromptCall> unique = new ArrayList<>();
        private final List<Integer> places = new ArrayList<>();
        private final int[] numberOf;
        private volatile @Nullable EmbeddingResponse miscounted;

        Batch(ModelCache cache, List<Input> inputs, List<PromptCall> calls, AskingSome asking) {
            this.cache = cache;
            this.inputs = inputs;
            this.asking = asking;
            this.numberOf = new int[inputs.size()];
            for (int place = 0; place < inputs.size(); place++) {
                PromptCall call = calls.get(place);
                Integer known = numbers.putIfAbsent(call.key().digest(), unique.size());
                numberOf[place] = known == null ? unique.size() : known;
                if (known == null) {
                    unique.add(call);
                    places.add(place);
                }
            }
        }

        EmbeddingResponse embed(PromptDirectives more) throws Throwable {
            List<EmbeddedText> texts;
            try {
                texts = unique.size() == 1 ? one(unique.get(0).with(more)) : several(more);
            } catch (OtherCountException ex) {
                EmbeddingResponse untouched = miscounted;
                return untouched == null ? asking.embed(all(inputs)) : untouched;
            }
            List<Embedding> embeddings = new ArrayList<>(inputs.size());
            boolean[] given = new boolean[unique.size()];
            for (int number : numberOf) {
                float[] vector = texts.get(number).vector();
                // A vector can be changed by whoever has it.
                embeddings.add(Embedding.from(given[number] ? vector.clone() : vector));
                given[number] = true;
            }
            EmbeddedText telling = texts.stream()
                    .filter(text -> text.fresh() != null)
                    .findFirst()
                    .orElse(texts.get(0));
            return EmbeddingResponse.builder()
                    .embeddings(embeddings)
                    .modelName(telling.model())
                    .tokenUsage(
                            telling.fresh() == null
                                    ? new TokenUsage(0, 0, 0)
                                    : telling.fresh().usage())
                    .build();
        }

        /** A single text, such as that of a search, waits for equal ones and may be in memory. */
        private List<EmbeddedText> one(PromptCall call) throws Throwable {
            return List.of((EmbeddedText) Objects.requireNonNull(
                    cache.cache().call(call, () -> load(List.of(0)).get(0))));
        }

        private List<EmbeddedText> several(PromptDirectives more) throws Throwable {
            return cache
                    .cache()
                    .callAll(unique.stream().map(call -> call.with(more)).toList(), this::load)
                    .stream()
                    .map(EmbeddedText.class::cast)
                    .toList();
        }

        private List<EmbeddedText> load(List<Integer> missing) {
            List<Integer> asking = missing.stream().map(places::get).toList();
            EmbeddingResponse response = this.asking.embed(asking);
            if (response.embeddings().size() != asking.size()) {
                miscounted = asking.size() == inputs.size() ? response : null;
                throw new OtherCountException();
            }
            return texts(response, asking);
        }

        /** The tokens of a batch are shared out by the lengths of its texts, so that their sum is right. */
        private List<EmbeddedText> texts(EmbeddingResponse response, List<Integer> asking) {
            TokenCount total = Tokens.count(response.tokenUsage());
            long characters = asking.stream()
                    .mapToLong(place -> inputs.get(place).length())
                    .sum();
            EmbeddedText.Fresh fresh = new EmbeddedText.Fresh(response.tokenUsage());
            List<EmbeddedText> texts = new ArrayList<>(asking.size());
            long before = 0;
            for (int i = 0; i < asking.size(); i++) {
                long after = before + inputs.get(asking.get(i)).length();
                texts.add(new EmbeddedText(
                        response.embeddings().get(i).vector(),
                        response.modelName(),
                        total == null
                                ? null
                                : new TokenCount(
                                        share(total.input(), after, characters)
                                                - share(total.input(), before, characters),
                                        0),
                        fresh));
                before = after;
            }
            return texts;
        }

        private static long share(long tokens, long part, long whole) {
            return Math.round((double) tokens * part / whole);
        }
    }
}
