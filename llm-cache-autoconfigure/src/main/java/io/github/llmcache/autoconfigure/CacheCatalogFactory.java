package io.github.llmcache.autoconfigure;

import io.github.llmcache.autoconfigure.LlmCacheProperties.Admission;
import io.github.llmcache.autoconfigure.LlmCacheProperties.Cache;
import io.github.llmcache.autoconfigure.LlmCacheProperties.CacheAdmission;
import io.github.llmcache.autoconfigure.LlmCacheProperties.CacheNormalization;
import io.github.llmcache.autoconfigure.LlmCacheProperties.Normalization;
import io.github.llmcache.engine.AdmissionSettings;
import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CacheLayout;
import io.github.llmcache.engine.CacheSettings;
import io.github.llmcache.engine.Staleness;
import io.github.llmcache.key.KeyStyle;
import io.github.llmcache.key.NormalizationSteps;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** Makes the catalog of caches from the properties, and refuses values that can't work. */
final class CacheCatalogFactory {

    private static final String PREFIX = "llm-cache.";

    private CacheCatalogFactory() {}

    static CacheCatalog create(LlmCacheProperties properties, Supplier<Duration> longestOfModels) {
        checkKeys(PREFIX, properties.layout(), properties.keyStyle());
        CacheSettings defaults = new CacheSettings(
                ttl(PREFIX, properties.ttl()),
                jitter(PREFIX, properties.ttlJitter()),
                new Staleness(
                        notNegative(PREFIX + "stale-while-revalidate", properties.staleWhileRevalidate()),
                        notNegative(PREFIX + "stale-if-error", properties.staleIfError()),
                        positive(PREFIX + "load-timeout", properties.loadTimeout())),
                properties.keyStyle(),
                properties.storePrompt(),
                size(PREFIX, properties.maxEntrySize()),
                properties.requireScope(),
                null,
                steps(properties.normalization()),
                blankToNull(properties.version()),
                blankToNull(properties.defaultModel()),
                properties.mode(),
                admission(properties.admission()),
                properties.layout());
        Map<String, CacheSettings> caches = new LinkedHashMap<>();
        properties.caches().forEach((name, cache) -> caches.put(name, settings(name, cache, defaults)));
        checkPrivacy(PREFIX, defaults);
        caches.forEach((name, settings) -> checkPrivacy(PREFIX + "caches." + name + ".", settings));
        // Meters and the cache manager know the caches that are there at start-up, and nearly everybody uses this one.
        caches.putIfAbsent(CacheCatalog.DEFAULT_CACHE, defaults);
        return new CacheCatalog(defaults, caches, longestOfModels);
    }

    private static CacheSettings settings(String name, Cache cache, CacheSettings defaults) {
        String prefix = PREFIX + "caches." + name + ".";
        try {
            CacheCatalog.checkName(name);
        } catch (IllegalArgumentException ex) {
            throw new InvalidLlmCachePropertyException(
                    PREFIX + "caches." + name, null, "can't be used: " + ex.getMessage(), "Name the cache otherwise.");
        }
        KeyStyle keyStyle = cache.keyStyle() == null ? defaults.keyStyle() : cache.keyStyle();
        CacheLayout layout = cache.layout() == null ? defaults.layout() : cache.layout();
        checkKeys(prefix, layout, keyStyle);
        String version = blankToNull(cache.version());
        String model = blankToNull(cache.defaultModel());
        return new CacheSettings(
                cache.ttl() == null ? defaults.ttl() : ttl(prefix, cache.ttl()),
                cache.ttlJitter() == null ? defaults.ttlJitter() : jitter(prefix, cache.ttlJitter()),
                staleness(prefix, cache, defaults.staleness()),
                keyStyle,
                or(cache.storePrompt(), defaults.storePrompt()),
                cache.maxEntrySize() == null ? defaults.maxEntrySize() : size(prefix, cache.maxEntrySize()),
                or(cache.requireScope(), defaults.requireScope()),
                blankToNull(cache.scope()),
                steps(cache.normalization(), defaults.normalization()),
                version == null ? defaults.version() : version,
                model == null ? defaults.defaultModel() : model,
                cache.mode() == null ? defaults.mode() : cache.mode(),
                admission(prefix, cache.admission(), defaults.admission()),
                layout);
    }

    private static Staleness staleness(String prefix, Cache cache, Staleness defaults) {
        Duration whileRevalidate = cache.staleWhileRevalidate();
        Duration ifError = cache.staleIfError();
        Duration loadTimeout = cache.loadTimeout();
        return new Staleness(
                whileRevalidate == null
                        ? defaults.whileRevalidate()
                        : notNegative(prefix + "stale-while-revalidate", whileRevalidate),
                ifError == null ? defaults.ifError() : notNegative(prefix + "stale-if-error", ifError),
                loadTimeout == null ? defaults.loadTimeout() : positive(prefix + "load-timeout", loadTimeout));
    }

    private static Duration notNegative(String property, Duration time) {
        if (time.isNegative()) {
            throw new InvalidLlmCachePropertyException(
                    property, time, "is a time below zero", "Write a time such as 10m or 1d, or 0s for none.");
        }
        return time;
    }

    private static @Nullable Duration positive(String property, @Nullable Duration time) {
        if (time != null && time.toMillis() <= 0) {
            throw new InvalidLlmCachePropertyException(
                    property, time, "is not a time above zero", "Write a time such as 20s, or leave it out.");
        }
        return time;
    }

    private static void checkKeys(String prefix, CacheLayout layout, KeyStyle keyStyle) {
        if (layout == CacheLayout.HASH && keyStyle == KeyStyle.READABLE) {
            throw new InvalidLlmCachePropertyException(
                    prefix + "layout",
                    "hash",
                    "gives answers no keys of their own, while " + prefix
                            + "key-style=readable (there, or for all caches) is to put prompts into them",
                    "Set " + prefix + "key-style to digest, or " + prefix + "layout to string.");
        }
    }

    private static void checkPrivacy(String prefix, CacheSettings settings) {
        if (settings.keyStyle() == KeyStyle.READABLE && !settings.storePrompt()) {
            throw new InvalidLlmCachePropertyException(
                    prefix + "key-style",
                    "readable",
                    "puts prompts into keys, while " + prefix + "store-prompt=false is to keep them out of Redis",
                    "Set key-style to digest, or store-prompt to true.");
        }
    }

    private static Duration ttl(String prefix, Duration ttl) {
        if (ttl.toMillis() <= 0) {
            throw new InvalidLlmCachePropertyException(
                    prefix + "ttl",
                    ttl,
                    "is not a time above zero",
                    "Write a time such as 30m, 12h or 7d. To cache nothing, set llm-cache.enabled=false.");
        }
        return ttl;
    }

    private static double jitter(String prefix, double jitter) {
        if (!(jitter >= 0 && jitter <= 1)) {
            throw new InvalidLlmCachePropertyException(
                    prefix + "ttl-jitter",
                    jitter,
                    "is not a share from 0 to 1",
                    "Write a share of the TTL, such as 0.1 for up to a tenth.");
        }
        return jitter;
    }

    private static long size(String prefix, DataSize size) {
        if (size.toBytes() <= 0) {
            throw new InvalidLlmCachePropertyException(
                    prefix + "max-entry-size", size, "is not a size above zero", "Write a size such as 256KB.");
        }
        return size.toBytes();
    }

    private static NormalizationSteps steps(Normalization steps) {
        return new NormalizationSteps(steps.unicode(), steps.lowerCase(), steps.whiteSpace(), steps.strip());
    }

    private static NormalizationSteps steps(@Nullable CacheNormalization own, NormalizationSteps defaults) {
        return own == null
                ? defaults
                : new NormalizationSteps(
                        or(own.unicode(), defaults.unicode()),
                        or(own.lowerCase(), defaults.lowerCase()),
                        or(own.whiteSpace(), defaults.whiteSpace()),
                        or(own.strip(), defaults.strip()));
    }

    private static AdmissionSettings admission(Admission stored) {
        return new AdmissionSettings(
                stored.truncated(),
                stored.filtered(),
                stored.empty(),
                stored.toolCalls(),
                stored.unknownFinish(),
                temperature(PREFIX, stored.maxTemperature()));
    }

    private static AdmissionSettings admission(
            String prefix, @Nullable CacheAdmission own, AdmissionSettings defaults) {
        return own == null
                ? defaults
                : new AdmissionSettings(
                        or(own.truncated(), defaults.truncated()),
                        or(own.filtered(), defaults.filtered()),
                        or(own.empty(), defaults.empty()),
                        or(own.toolCalls(), defaults.toolCalls()),
                        or(own.unknownFinish(), defaults.unknownFinish()),
                        own.maxTemperature() == null
                                ? defaults.maxTemperature()
                                : temperature(prefix, own.maxTemperature()));
    }

    private static @Nullable Double temperature(String prefix, @Nullable Double temperature) {
        if (temperature != null && !(temperature >= 0)) {
            throw new InvalidLlmCachePropertyException(
                    prefix + "admission.max-temperature",
                    temperature,
                    "is not a temperature from zero on",
                    "Write a temperature such as 0.3, or leave it out to cache requests of any.");
        }
        return temperature;
    }

    private static boolean or(@Nullable Boolean own, boolean otherwise) {
        return own == null ? otherwise : own;
    }

    private static @Nullable String blankToNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }
}
