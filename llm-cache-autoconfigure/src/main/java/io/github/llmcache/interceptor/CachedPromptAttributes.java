package io.github.llmcache.interceptor;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.annotation.Normalize;
import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CacheSettings;
import io.github.llmcache.engine.Staleness;
import io.github.llmcache.key.NormalizationSteps;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/** Reads the attributes of one annotation; each mistake names the attribute and what to write instead. */
final class CachedPromptAttributes {

    private static final String DURATIONS = "Write a time above zero with its unit, such as 30m, 12h or PT1H.";

    private static final String DURATIONS_OR_ZERO = "Write a time with its unit, such as 30m, PT1H, or 0s for never.";

    private final ConfigurableBeanFactory beans;
    private final PromptExpressions expressions;
    private final CacheCatalog catalog;
    private final AnnotatedPlace place;

    CachedPromptAttributes(
            ConfigurableBeanFactory beans, PromptExpressions expressions, CacheCatalog catalog, AnnotatedPlace place) {
        this.beans = beans;
        this.expressions = expressions;
        this.catalog = catalog;
        this.place = place;
    }

    String resolve(String attribute, String text) {
        try {
            String resolved = Objects.requireNonNullElse(beans.resolveEmbeddedValue(text), "");
            if (resolved.contains("${")) {
                // An application without a strict resolver leaves what it does not know as it stands.
                throw new IllegalArgumentException("a placeholder in it can't be resolved");
            }
            return resolved;
        } catch (IllegalArgumentException ex) {
            throw invalid(
                    attribute,
                    "is '" + text + "', and " + ex.getMessage() + ".",
                    "Set the property, or write a default, such as ${name:default}.",
                    ex);
        }
    }

    @Nullable
    PromptExpression expression(String attribute, String text, boolean withResult) {
        return expressions.parse(resolve(attribute, text), attribute, place, withResult);
    }

    List<TagTemplate> tags(String[] texts, boolean withResult) {
        return Arrays.stream(texts)
                .map(text -> expressions.parseTemplate(resolve("tags", text), "tags", place, withResult))
                .toList();
    }

    String cache(String cacheName) {
        String name = resolve("cacheName", cacheName);
        String cache = name.isEmpty() ? CacheCatalog.DEFAULT_CACHE : name;
        try {
            catalog.add(cache);
            return cache;
        } catch (IllegalArgumentException ex) {
            throw invalid("cacheName", "is no name of a cache: " + ex.getMessage() + ".", "Name it otherwise.", ex);
        }
    }

    @Nullable
    PromptExpression scope(CachedPrompt annotation, String cache, CacheSettings settings) {
        PromptExpression scope = expression("scope", annotation.scope(), false);
        if (scope == null && settings.scope() != null) {
            scope = expressions.parse(
                    settings.scope(), "scope (from llm-cache.caches." + cache + ".scope)", place, false);
        }
        if (scope == null && settings.requireScope()) {
            throw invalid(
                    "scope",
                    "is missing, and llm-cache.require-scope asks for one in cache '" + cache + "'.",
                    "Say whose answer it is, such as scope = \"#tenant\" or scope = \"'everybody'\", or set"
                            + " llm-cache.caches." + cache + ".scope.",
                    null);
        }
        return scope;
    }

    /** The method's own TTL, or null. */
    @Nullable
    Duration ttl(CachedPrompt annotation) {
        return duration("ttl", annotation.ttl(), false);
    }

    Staleness staleness(CachedPrompt annotation, CacheSettings settings) {
        Staleness defaults = settings.staleness();
        Duration loadTimeout = duration("loadTimeout", annotation.loadTimeout(), false);
        return new Staleness(
                Objects.requireNonNullElse(
                        duration("staleWhileRevalidate", annotation.staleWhileRevalidate(), true),
                        defaults.whileRevalidate()),
                Objects.requireNonNullElse(
                        duration("staleIfError", annotation.staleIfError(), true), defaults.ifError()),
                loadTimeout == null ? defaults.loadTimeout() : loadTimeout);
    }

    private @Nullable Duration duration(String attribute, String unresolved, boolean zeroAllowed) {
        String text = resolve(attribute, unresolved);
        if (text.isBlank()) {
            return null;
        }
        Duration duration;
        long millis;
        try {
            // Without a unit it would be anybody's guess.
            duration = text.chars().allMatch(Character::isDigit)
                    ? Duration.ofMillis(-1)
                    : DurationFormatterUtils.detectAndParse(text);
            millis = duration.toMillis();
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException ex) {
            throw invalid(attribute, "is '" + text + "', which is no duration.", DURATIONS, ex);
        }
        if (duration.isNegative() || millis == 0 && !(zeroAllowed && duration.isZero())) {
            throw invalid(
                    attribute,
                    "is '" + text + "', which is not a time " + (zeroAllowed ? "of zero or more" : "above zero")
                            + " with its unit.",
                    zeroAllowed ? DURATIONS_OR_ZERO : DURATIONS,
                    null);
        }
        return duration;
    }

    NormalizationSteps normalization(CachedPrompt annotation, CacheSettings settings) {
        Set<Normalize> steps = annotation.normalize().length == 0
                ? EnumSet.noneOf(Normalize.class)
                : EnumSet.copyOf(List.of(annotation.normalize()));
        if (steps.isEmpty()) {
            return settings.normalization();
        }
        if (steps.size() > 1 && (steps.contains(Normalize.ALL) || steps.contains(Normalize.NONE))) {
            throw invalid(
                    "normalize",
                    "is " + steps + ", in which ALL or NONE stands beside other steps.",
                    "Write ALL, NONE, or the steps that are to be taken.",
                    null);
        }
        boolean all = steps.contains(Normalize.ALL);
        return new NormalizationSteps(
                all || steps.contains(Normalize.UNICODE),
                all || steps.contains(Normalize.LOWER_CASE),
                all || steps.contains(Normalize.WHITE_SPACE),
                all || steps.contains(Normalize.STRIP));
    }

    private InvalidCachedPromptException invalid(
            String attribute, String problem, String action, @Nullable Throwable cause) {
        return place.invalid(attribute, problem, action, cause);
    }
}
