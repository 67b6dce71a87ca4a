package io.github.llmcache.interceptor;

import io.github.llmcache.key.ExplicitKeyDigest;
import io.github.llmcache.key.UnstableArgumentException;
import io.github.llmcache.tier.Eviction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One {@code @EvictPrompt} of one method, read and checked once.
 *
 * @param cache the cache
 * @param beforeInvocation whether to evict before the method is called
 * @param target what is evicted
 */
record EvictPromptOperation(String cache, boolean beforeInvocation, Target target) {

    /**
     * What is evicted.
     *
     * @param needsResult whether that depends on what the method returned
     * @param evictions what is evicted by a call
     */
    record Target(boolean needsResult, Evictions evictions) {}

    /** What is evicted by a call. */
    @FunctionalInterface
    interface Evictions {

        /**
         * Tells the evictions of a call.
         *
         * @param arguments the arguments
         * @param result what the method returned, or null before it is called
         * @throws RuntimeException if an expression fails, or yields what can't be used
         */
        List<Eviction> of(@Nullable Object[] arguments, @Nullable Object result);
    }

    /** Never throws: where it can't be told what to evict, all is, so that no answer outlives what it was made from. */
    List<Eviction> evictions(@Nullable Object[] arguments, @Nullable Object result) {
        try {
            return target.evictions().of(arguments, PlainText.unwrap(result));
        } catch (RuntimeException | StackOverflowError ex) {
            return List.of(new Eviction.OfAll());
        }
    }

    static Target key(PromptExpression key, ExplicitKeyDigest digests) {
        return new Target(key.needsResult(), (arguments, result) -> {
            String digest;
            try {
                digest = digests.of(key.evaluateWithResult(arguments, result));
            } catch (UnstableArgumentException ex) {
                throw key.failed(ex);
            }
            return digest == null ? List.of() : List.of(new Eviction.OfKey(digest));
        });
    }

    static Target tags(List<TagTemplate> templates) {
        return new Target(templates.stream().anyMatch(TagTemplate::needsResult), (arguments, result) -> {
            List<Eviction> evictions = new ArrayList<>();
            for (TagTemplate template : templates) {
                template.tags(
                        expression -> expression.evaluateWithResult(arguments, result),
                        tag -> evictions.add(new Eviction.OfTag(tag)));
            }
            return evictions;
        });
    }

    static Target scope(PromptExpression scope) {
        return new Target(scope.needsResult(), (arguments, result) -> {
            Object value = PlainText.unwrap(scope.evaluateWithResult(arguments, result));
            if (value == null) {
                return List.of();
            }
            String text = PlainText.ofScope(value);
            if (text == null) {
                throw scope.failed(new ClassCastException("no text of a scope"));
            }
            return text.isBlank() ? List.of() : List.of(new Eviction.OfScope(text));
        });
    }

    static Target model(String model) {
        return new Target(false, (arguments, result) -> List.of(new Eviction.OfModel(model)));
    }

    static Target all() {
        return new Target(false, (arguments, result) -> List.of(new Eviction.OfAll()));
    }
}
