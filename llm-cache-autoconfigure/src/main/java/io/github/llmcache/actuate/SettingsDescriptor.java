package io.github.llmcache.actuate;

import io.github.llmcache.engine.CacheSettings;
import io.github.llmcache.key.NormalizationSteps;
import java.util.Locale;

/**
 * The settings of a cache.
 *
 * @param ttl how long an answer is kept, in ISO 8601 ({@code PT1H})
 * @param ttlJitter by which share of itself a TTL is shortened at random, from 0 to 1
 * @param keyStyle how keys look in Redis, {@code digest} or {@code readable}
 * @param storePrompt whether the normalized prompt stands in the entry
 * @param maxEntrySize the largest answer that is stored, in bytes of JSON
 * @param requireScope whether methods without a scope are refused
 * @param mode what the cache does until it is switched
 * @param normalization the steps by which prompts are folded
 */
public record SettingsDescriptor(
        String ttl,
        double ttlJitter,
        String keyStyle,
        boolean storePrompt,
        long maxEntrySize,
        boolean requireScope,
        String mode,
        NormalizationSteps normalization) {

    static SettingsDescriptor of(CacheSettings settings) {
        return new SettingsDescriptor(
                settings.ttl().toString(),
                settings.ttlJitter(),
                settings.keyStyle().name().toLowerCase(Locale.ROOT),
                settings.storePrompt(),
                settings.maxEntrySize(),
                settings.requireScope(),
                settings.mode().id(),
                settings.normalization());
    }
}
