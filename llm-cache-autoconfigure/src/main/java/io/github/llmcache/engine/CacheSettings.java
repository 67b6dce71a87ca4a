package io.github.llmcache.engine;

import io.github.llmcache.key.KeyStyle;
import io.github.llmcache.key.NormalizationSteps;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one cache.
 *
 * @param ttl how long an answer is kept, positive
 * @param ttlJitter by which share of itself a TTL is shortened at random, from 0 to 1, so that answers stored together
 *     do not expire together
 * @param staleness when an answer that is no longer fresh is served all the same
 * @param keyStyle how keys look in Redis
 * @param storePrompt whether the normalized prompt stands in the entry
 * @param maxEntrySize the largest answer that is stored, in bytes of JSON, positive
 * @param requireScope whether methods without a scope are refused
 * @param scope the SpEL scope of methods that have none of their own, or null
 * @param normalization the steps by which prompts are folded
 * @param version the version that joins every key, or null
 * @param defaultModel the model of methods that name none, or null
 * @param mode the mode of the cache until it is switched
 * @param admission what the cache stores besides whole answers
 * @param layout how answers lie in Redis
 */
public record CacheSettings(
        Duration ttl,
        double ttlJitter,
        Staleness staleness,
        KeyStyle keyStyle,
        boolean storePrompt,
        long maxEntrySize,
        boolean requireScope,
        @Nullable String scope,
        NormalizationSteps normalization,
        @Nullable String version,
        @Nullable String defaultModel,
        CacheMode mode,
        AdmissionSettings admission,
        CacheLayout layout) {

    /** The settings of a cache for which nothing is set. */
    public static final CacheSettings DEFAULTS = new CacheSettings(
            Duration.ofHours(1), 0, KeyStyle.DIGEST, true, 256 * 1024, false, null, NormalizationSteps.ALL, null, null);

    /**
     * Checks that the layout and the style of keys go together.
     *
     * @throws IllegalArgumentException if keys are to be readable that are no keys, but fields of a hash
     */
    public CacheSettings {
        if (layout == CacheLayout.HASH && keyStyle == KeyStyle.READABLE) {
            throw new IllegalArgumentException("Keys are readable in the string layout only");
        }
    }

    /**
     * Creates the settings of a cache whose answers have a key each.
     *
     * @param ttl how long an answer is kept, positive
     * @param ttlJitter by which share of itself a TTL is shortened at random, from 0 to 1
     * @param staleness when an answer that is no longer fresh is served all the same
     * @param keyStyle how keys look in Redis
     * @param storePrompt whether the normalized prompt stands in the entry
     * @param maxEntrySize the largest answer that is stored, in bytes of JSON, positive
     * @param requireScope whether methods without a scope are refused
     * @param scope the SpEL scope of methods that have none of their own, or null
     * @param normalization the steps by which prompts are folded
     * @param version the version that joins every key, or null
     * @param defaultModel the model of methods that name none, or null
     * @param mode the mode of the cache until it is switched
     * @param admission what the cache stores besides whole answers
     */
    public CacheSettings(
            Duration ttl,
            double ttlJitter,
            Staleness staleness,
            KeyStyle keyStyle,
            boolean storePrompt,
            long maxEntrySize,
            boolean requireScope,
            @Nullable String scope,
            NormalizationSteps normalization,
            @Nullable String version,
            @Nullable String defaultModel,
            CacheMode mode,
            AdmissionSettings admission) {
        this(
                ttl,
                ttlJitter,
                staleness,
                keyStyle,
                storePrompt,
                maxEntrySize,
                requireScope,
                scope,
                normalization,
                version,
                defaultModel,
                mode,
                admission,
                CacheLayout.STRING);
    }

    /**
     * Creates the settings of a cache that is on and serves no answer stale.
     *
     * @param ttl how long an answer is kept, positive
     * @param ttlJitter by which share of itself a TTL is shortened at random, from 0 to 1
     * @param keyStyle how keys look in Redis
     * @param storePrompt whether the normalized prompt stands in the entry
     * @param maxEntrySize the largest answer that is stored, in bytes of JSON, positive
     * @param requireScope whether methods without a scope are refused
     * @param scope the SpEL scope of methods that have none of their own, or null
     * @param normalization the steps by which prompts are folded
     * @param version the version that joins every key, or null
     * @param defaultModel the model of methods that name none, or null
     */
    public CacheSettings(
            Duration ttl,
            double ttlJitter,
            KeyStyle keyStyle,
            boolean storePrompt,
            long maxEntrySize,
            boolean requireScope,
            @Nullable String scope,
            NormalizationSteps normalization,
            @Nullable String version,
            @Nullable String defaultModel) {
        this(
                ttl,
                ttlJitter,
                Staleness.NEVER,
                keyStyle,
                storePrompt,
                maxEntrySize,
                requireScope,
                scope,
                normalization,
                version,
                defaultModel,
                CacheMode.ON,
                AdmissionSettings.DEFAULTS);
    }

    /**
     * Changes the layout.
     *
     * @param other how answers lie in Redis
     * @return the same settings with that layout
     * @throws IllegalArgumentException if the keys are to be readable, and the layout has none
     */
    public CacheSettings withLayout(CacheLayout other) {
        return new CacheSettings(
                ttl,
                ttlJitter,
                staleness,
                keyStyle,
                storePrompt,
                maxEntrySize,
                requireScope,
                scope,
                normalization,
                version,
                defaultModel,
                mode,
                admission,
                other);
    }
}
