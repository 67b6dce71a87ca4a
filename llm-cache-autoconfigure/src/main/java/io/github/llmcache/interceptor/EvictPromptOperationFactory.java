package io.github.llmcache.interceptor;

import io.github.llmcache.annotation.EvictPrompt;
import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.interceptor.EvictPromptOperation.Target;
import io.github.llmcache.key.ExplicitKeyDigest;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.ReactiveAdapterRegistry;

/**
 * Reads a method's {@code @EvictPrompt}, checks all of it, and makes the operation.
 *
 * <p>Thread-safe.
 */
public final class EvictPromptOperationFactory {

    private final CacheCatalog catalog;
    private final ExplicitKeyDigest keys;
    private final List<ResultCompletion> completions;
    private final ConfigurableBeanFactory beans;
    private final PromptExpressions expressions;

    /**
     * Creates the factory.
     *
     * @param catalog the caches
     * @param keys makes the digests of explicit keys
     * @param completions know when results are complete that come after the method has returned
     * @param beans resolves placeholders, and the beans that expressions ask
     */
    public EvictPromptOperationFactory(
            CacheCatalog catalog,
            ExplicitKeyDigest keys,
            List<ResultCompletion> completions,
            ConfigurableBeanFactory beans) {
        this.catalog = catalog;
        this.keys = keys;
        this.completions = List.copyOf(completions);
        this.beans = beans;
        this.expressions = new PromptExpressions(beans);
    }

    EvictPromptOperation create(EvictPrompt annotation, Method method, Class<?> type, List<Method> declarations) {
        AnnotatedPlace place = new AnnotatedPlace(EvictPrompt.class, type, method, expressions.namesOf(declarations));
        CachedPromptAttributes attributes = new CachedPromptAttributes(beans, expressions, catalog, place);
        boolean before = annotation.beforeInvocation();
        if (!before) {
            refuseUnknownCompletion(place);
        }
        String cache = attributes.cache(annotation.cacheName());
        List<Target> targets = targets(annotation, attributes, place);
        if (targets.size() != 1) {
            throw place.invalid(
                    null,
                    (targets.isEmpty() ? "it names nothing to evict." : "it names several things to evict at once."),
                    "Write exactly one of key, tags, scope, model and allEntries = true; for several, repeat the annotation.",
                    null);
        }
        return new EvictPromptOperation(cache, before, targets.get(0));
    }

    private List<Target> targets(EvictPrompt annotation, CachedPromptAttributes attributes, AnnotatedPlace place) {
        boolean withResult = !annotation.beforeInvocation();
        List<Target> targets = new ArrayList<>();
        PromptExpression key = attributes.expression("key", annotation.key(), withResult);
        if (key != null) {
            refuseUnstable(key, place);
            targets.add(EvictPromptOperation.key(key, keys));
        }
        if (annotation.tags().length > 0) {
            targets.add(EvictPromptOperation.tags(attributes.tags(annotation.tags(), withResult)));
        }
        PromptExpression scope = attributes.expression("scope", annotation.scope(), withResult);
        if (scope != null) {
            targets.add(EvictPromptOperation.scope(scope));
        }
        String model = attributes.resolve("model", annotation.model());
        if (!model.isBlank()) {
            targets.add(EvictPromptOperation.model(model));
        }
        if (annotation.allEntries()) {
            targets.add(EvictPromptOperation.all());
        }
        return targets;
    }

    /** Of such a key no digest can be made in any call. */
    private void refuseUnstable(PromptExpression key, AnnotatedPlace place) {
        int index = key.argument();
        Class<?>[] types = place.method().getParameterTypes();
        if (index >= 0 && index < types.length && PromptParameters.isNeverStable(types[index], keys::supports)) {
            throw place.invalid(
                    "key",
                    "is '" + key.text() + "', a " + types[index].getName()
                            + ", of which no key can be made that is the same in every JVM.",
                    "Name what identifies it, such as key = \"" + key.text()
                            + ".id\", as the cached method's key does, or declare an ArgumentEncoder bean for its type.",
                    null);
        }
    }

    private void refuseUnknownCompletion(AnnotatedPlace place) {
        Class<?> returned = place.method().getReturnType();
        if (completions.stream().noneMatch(completion -> completion.supports(returned))
                && ReactiveAdapterRegistry.getSharedInstance().getAdapter(returned) != null) {
            throw place.invalid(
                    null,
                    "the method returns a " + returned.getName() + ", and it is not known when that is complete.",
                    "Return a CompletableFuture or the result itself, or evict with PromptCacheOperations.",
                    null);
        }
    }
}
