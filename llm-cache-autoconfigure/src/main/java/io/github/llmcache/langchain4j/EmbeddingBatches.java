package io.github.llmcache.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.request.EmbeddingRequestParameters;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.langchain4j.model.output.TokenUsage;
import io.github.llmcache.engine.BatchLoad;
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
        ModelCache cache = cache();
        if (cache == null) {
            return asking.embed(all(inputs));
        }
        EmbeddingCalls.Prepared prepared = calls.prepare(cache, inputs, parameters);
        if (cache.capture().isCapturing()) {
            PromptCall first =
                    prepared.calls() == null ? null : prepared.calls().get(0);
            cache.capture()
                    .reached(
                            first,
                            prepared.bypass() == null ? null : prepared.bypass().reason(),
                            () -> calls.describe(cache, inputs, parameters, prepared));
            return EmbeddingResponse.builder().embeddings(List.of()).build();
        }
        try {
            if (prepared.calls() == null) {
                return bypass(cache, prepared, inputs, asking);
            }
            return new Batch(cache, inputs, prepared.calls(), asking).embed();
        } catch (Throwable failure) {
            throw Unchecked.rethrow(failure);
        }
    }

    /** The cache, or null while it is being made: what it is made of may ask a model. */
    private @Nullable ModelCache cache() {
        try {
            return caches.get();
        } catch (RuntimeException | LinkageError ex) {
            return null;
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

        EmbeddingResponse embed() throws Throwable {
            List<EmbeddedText> texts;
            try {
                texts = new ArrayList<>(answers(unique, this::load));
                renew(texts);
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

        /**
         * Asks the model for those that are from the cache and of another dimension than those that it has given now: it has
         * changed under its old name, and no response may have vectors of both.
         */
        private void renew(List<EmbeddedText> texts) throws Throwable {
            EmbeddedText fresh = texts.stream()
                    .filter(text -> text.fresh() != null)
                    .findFirst()
                    .orElse(null);
            List<Integer> outdated = new ArrayList<>();
            for (int number = 0; number < texts.size(); number++) {
                EmbeddedText text = texts.get(number);
                if (fresh != null && text.fresh() == null && text.vector().length != fresh.vector().length) {
                    outdated.add(number);
                }
            }
            if (outdated.isEmpty()) {
                return;
            }
            List<PromptCall> again = outdated.stream()
                    .map(number -> unique.get(number).with(PromptDirectives.NO_CACHE))
                    .toList();
            List<EmbeddedText> renewed = answers(
                    again, missing -> load(missing.stream().map(outdated::get).toList()));
            for (int i = 0; i < outdated.size(); i++) {
                texts.set(outdated.get(i), renewed.get(i));
            }
        }

        /** A single text, such as that of a search, waits for equal ones and may be in memory. */
        private List<EmbeddedText> answers(List<PromptCall> asked, BatchLoad load) throws Throwable {
            List<?> answers = asked.size() == 1
                    ? List.of(Objects.requireNonNull(cache.cache()
                            .call(asked.get(0), () -> load.get(List.of(0)).get(0))))
                    : cache.cache().callAll(asked, load);
            return answers.stream().map(EmbeddedText.class::cast).toList();
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
