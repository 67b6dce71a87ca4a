package io.github.llmcache.actuate;

import io.github.llmcache.engine.CacheSettings;
import io.github.llmcache.key.NormalizationSteps;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a cache.
 *
 * @param ttl how long an answer is kept where neither its method nor what is registered of its model says so, in ISO 8601
 *     ({@code PT1H})
 * @param ttlJitter by which share of itself a TTL is shortened at random, from 0 to 1
 * @param staleWhileRevalidate how long after its TTL an answer is served while it is refreshed, in ISO 8601
 * @param staleIfError how long after its TTL an answer is served where the model fails, in ISO 8601
 * @param loadTimeout how long the model may take where an old answer is at hand, in ISO 8601, or null
 * @param keyStyle how keys look in Redis, {@code digest} or {@code readable}
 * @param layout how answers lie in Redis, {@code string} or {@code hash}
 * @param storePrompt whether the normalized prompt stands in the entry
 * @param maxEntrySize the largest answer that is stored, in bytes of JSON
 * @param requireScope whether methods without a scope are refused
 * @param mode what the cache does until it is switched
 * @param normalization the steps by which prompts are folded
 */
public record SettingsDescriptor(
        String ttl,
        double ttlJitter,
        String staleWhileRevalidate,
        String staleIfError,
        @Nullable String loadTimeout,
        String keyStyle,
        String layout,
        boolean storePrompt,
        long maxEntrySize,
        boolean requireScope,
        String mode,
        NormalizationSteps normalization) {

    static SettingsDescriptor of(CacheSettings settings) {
        return new SettingsDescriptor(
                settings.ttl().toString(),
                settings.ttlJitter(),
                settings.staleness().whileRevalidate().toString(),
                settings.staleness().ifError().toString(),
                settings.staleness().loadTimeout() == null
                        ? null
                        : settings.staleness().loadTimeout().toString(),
                settings.keyStyle().name().toLowerCase(Locale.ROOT),
                settings.layout().name().toLowerCase(Locale.ROOT),
                settings.storePrompt(),
                settings.maxEntrySize(),
                settings.requireScope(),
                settings.mode().id(),
                settings.normalization());
    }
}
