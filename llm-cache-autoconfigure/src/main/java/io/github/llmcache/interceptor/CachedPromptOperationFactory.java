package io.github.llmcache.interceptor;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CachePolicy;
import io.github.llmcache.engine.CacheSettings;
import io.github.llmcache.interceptor.AnnotatedMethods.AnnotatedMethod;
import io.github.llmcache.interceptor.PromptMethodDialect.Refusal;
import io.github.llmcache.key.ArgumentEncoding;
import io.github.llmcache.key.ExplicitKeyDigest;
import io.github.llmcache.key.PromptKeyGenerator;
import io.github.llmcache.key.PromptNormalizer;
import io.github.llmcache.model.ModelConfigRegistry;
import io.github.llmcache.payload.PayloadCodec;
import io.github.llmcache.payload.PayloadCodecs;
import io.github.llmcache.payload.UnsupportedPayloadException;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.GenericTypeResolver;

/**
 * Reads a method's {@code @CachedPrompt}, checks all of it, and makes the operation.
 *
 * <p>Thread-safe.
 */
public final class CachedPromptOperationFactory {

    private static final ReturnStyle STAGE = new StageReturn();
    private static final ReturnStyle PLAIN = new PlainReturn();

    private final CacheCatalog catalog;
    private final PayloadCodecs codecs;
    private final ArgumentEncoding encoding;
    private final PromptNormalizer normalizer;
    private final PromptKeyGenerator keys;
    private final ModelConfigRegistry models;
    private final List<PromptMethodDialect> dialects;
    private final List<ReturnStyle> styles;
    private final CachedBeans cachedBeans;
    private final ConfigurableBeanFactory beans;
    private final PromptExpressions expressions;
    private final MemoisedKeys memo;

    /**
     * Creates the factory.
     *
     * @param catalog the caches and their settings
     * @param codecs how answers become JSON
     * @param encoding which arguments can be part of a key
     * @param normalizer folds prompts
     * @param keys makes keys
     * @param models knows the versions of models
     * @param dialects know the annotations of other frameworks
     * @param styles know return types of other frameworks
     * @param cachedBeans knows the names of beans with cached methods
     * @param beans resolves placeholders, and the beans that expressions ask
     * @param memo remembers keys, or null for none
     */
    public CachedPromptOperationFactory(
            CacheCatalog catalog,
            PayloadCodecs codecs,
            ArgumentEncoding encoding,
            PromptNormalizer normalizer,
            PromptKeyGenerator keys,
            ModelConfigRegistry models,
            List<PromptMethodDialect> dialects,
            List<ReturnStyle> styles,
            CachedBeans cachedBeans,
            ConfigurableBeanFactory beans,
            @Nullable KeyMemo memo) {
        this.catalog = catalog;
        this.codecs = codecs;
        this.encoding = encoding;
        this.normalizer = normalizer;
        this.keys = keys;
        this.models = models;
        this.dialects = List.copyOf(dialects);
        this.styles = Stream.concat(styles.stream(), Stream.of(STAGE)).toList();
        this.cachedBeans = cachedBeans;
        this.beans = beans;
        this.expressions = new PromptExpressions(beans);
        this.memo = new MemoisedKeys(keys, normalizer, encoding, memo);
    }

    CachedPromptOperation create(AnnotatedMethod annotated, Class<?> type) {
        Method method = annotated.method();
        Class<?> owner = AnnotatedMethods.owner(method, type);
        refuse(annotated, owner);
        CachedPrompt annotation = annotated.annotation();
        List<Method> declarations = annotated.declarations();

        Answering answering = answering(GenericTypeResolver.resolveType(method.getGenericReturnType(), type));
        PromptParameters parameters = PromptParameters.of(declarations, dialects);

        CachedPromptAttributes attributes = new CachedPromptAttributes(
                beans,
                expressions,
                catalog,
                new AnnotatedPlace(CachedPrompt.class, type, method, expressions.namesOf(declarations)));
        String cache = attributes.cache(annotation.cacheName());
        CacheSettings settings = catalog.settingsOf(cache);
        PromptExpression key = attributes.expression("key", annotation.key(), false);
        if (key == null) {
            parameters.refuseUnstable(method, encoding);
        }
        String model = blankToNull(attributes.resolve("model", annotation.model()), settings.defaultModel());
        List<String> templates = templates(declarations, owner);
        KeyRecipe recipe = new KeyRecipe(
                cache,
                identity(owner, method, key, parameters),
                ReturnShape.of(answering.type(), this::description),
                Stream.concat(templates.stream(), roles(declarations, owner).stream())
                        .toList(),
                !templates.isEmpty(),
                model,
                blankToNull(attributes.resolve("version", annotation.version()), null),
                settings.version(),
                parameters.inKey(),
                parameters.promptIndex(),
                parameters.directivesIndex(),
                key,
                attributes.scope(annotation, cache, settings),
                attributes.normalization(annotation, settings));
        Duration ttl = attributes.ttl(annotation);
        CachePolicy policy = new CachePolicy(
                cache,
                ttl == null ? settings.ttl() : ttl,
                settings.ttlJitter(),
                attributes.staleness(annotation, settings),
                settings.maxEntrySize(),
                settings.storePrompt(),
                model,
                ttl != null);
        catalog.keeps(cache, policy.longestKept());
        if (model != null) {
            // A registry that has to read what is registered begins to before the first call.
            models.find(model);
        }
        return new CachedPromptOperation(
                recipe,
                policy,
                answering.codec(),
                answering.style(),
                attributes.expression("condition", annotation.condition(), false),
                attributes.expression("unless", annotation.unless(), true),
                attributes.expression("usageSubject", annotation.usageSubject(), false),
                normalizer,
                keys,
                models,
                cachedBeans,
                new TermsRecipe(attributes.tags(annotation.tags(), true), new ExplicitKeyDigest(encoding, normalizer)),
                memo);
    }

    private void refuse(AnnotatedMethod annotated, Class<?> owner) {
        String unreachable = AnnotatedMethods.unreachable(annotated.method());
        if (unreachable != null && !Proxy.isProxyClass(annotated.method().getDeclaringClass())) {
            throw new UncacheableMethodException(
                    "the method is " + unreachable + ", and calls of it do not pass the bean's proxy",
                    "Make the method public, not static and not final.",
                    null);
        }
        for (Method declaration : annotated.declarations()) {
            for (PromptMethodDialect dialect : dialects) {
                Refusal refusal = dialect.refusal(declaration, owner).orElse(null);
                if (refusal != null) {
                    throw new UncacheableMethodException(refusal.problem(), refusal.action(), null);
                }
            }
        }
    }

    private List<String> templates(List<Method> declarations, Class<?> owner) {
        try {
            return ask(declarations, (dialect, declaration) -> dialect.templates(declaration, owner));
        } catch (IllegalArgumentException ex) {
            throw new UncacheableMethodException(
                    "a template of its prompt can't be read: " + ex.getMessage(), "Mend the template.", ex);
        }
    }

    private List<String> roles(List<Method> declarations, Class<?> owner) {
        return ask(declarations, (dialect, declaration) -> dialect.roles(declaration, owner));
    }

    private List<String> ask(
            List<Method> declarations, BiFunction<PromptMethodDialect, Method, List<String>> question) {
        return declarations.stream()
                .flatMap(declaration -> dialects.stream().map(dialect -> question.apply(dialect, declaration)))
                .flatMap(List::stream)
                .distinct()
                .toList();
    }

    private String description(AnnotatedElement part) {
        return dialects.stream().map(dialect -> dialect.description(part)).collect(Collectors.joining());
    }

    /** How a method answers, and with what. */
    private record Answering(ReturnStyle style, Type type, PayloadCodec codec) {}

    private Answering answering(Type returned) {
        for (ReturnStyle style : styles) {
            Type answer = style.answerOf(returned);
            if (answer != null) {
                return new Answering(style, answer, codecOf(style, answer));
            }
        }
        return new Answering(PLAIN, returned, codecOf(PLAIN, returned));
    }

    private PayloadCodec codecOf(ReturnStyle style, Type answer) {
        try {
            return style.codecOf(answer, codecs);
        } catch (UnsupportedPayloadException ex) {
            throw new UncacheableMethodException("its answers can't be kept: " + ex.getMessage(), ex.action(), ex);
        }
    }

    private static String identity(
            Class<?> owner, Method method, @Nullable PromptExpression key, PromptParameters parameters) {
        String signature = owner.getName() + "#" + method.getName()
                + Arrays.stream(method.getParameterTypes())
                        .map(Class::getName)
                        .collect(Collectors.joining(",", "(", ")"));
        if (key != null) {
            return signature + " key " + key.text();
        }
        return parameters.inKey().size() == method.getParameterCount()
                ? signature
                : signature + " of " + parameters.inKey();
    }

    private static @Nullable String blankToNull(String text, @Nullable String otherwise) {
        return text.isBlank() ? otherwise : text;
    }
}
