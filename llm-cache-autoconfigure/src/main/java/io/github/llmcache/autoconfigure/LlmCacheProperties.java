package io.github.llmcache.autoconfigure;

import io.github.llmcache.key.KeyStyle;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The settings {@code llm-cache.*}.
 *
 * <p>An unknown property below the prefix fails the start: a misspelt {@code require-scope} must not pass unseen.
 *
 * @param enabled Whether methods are cached at all. When false, annotated methods simply run.
 * @param version A version that joins every key. Changing it makes all answers so far unreachable.
 * @param keyPrefix What stands before every key in Redis. Defaults to the value of spring.application.name and a colon,
 *     or to nothing where the application has no name.
 * @param defaultModel The model of methods that name none.
 * @param ttl How long an answer is kept.
 * @param ttlJitter By which share of itself a TTL is shortened at random, from 0 to 1, so that answers that were stored
 *     together do not expire together.
 * @param keyStyle How keys look in Redis: the digest alone, or the beginning of the prompt and a part of the digest.
 * @param storePrompt Whether the normalized prompt stands in the entry, for people to read.
 * @param maxEntrySize The largest answer that is stored, measured as JSON.
 * @param requireScope Whether methods that do not say whose answer it is are refused at start-up.
 * @param normalization How prompts are folded before they become part of a key.
 * @param caches Settings of single caches by their names, each over the setting of the same name above.
 * @param redis The connection to Redis.
 * @param models What is registered of models by their names.
 */
@ConfigurationProperties(prefix = "llm-cache", ignoreUnknownFields = false)
public record LlmCacheProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable String version,
        @Nullable String keyPrefix,
        @Nullable String defaultModel,
        @DefaultValue("1h") Duration ttl,
        @DefaultValue("0") double ttlJitter,
        @DefaultValue("digest") KeyStyle keyStyle,
        @DefaultValue("true") boolean storePrompt,
        @DefaultValue("256KB") DataSize maxEntrySize,
        @DefaultValue("false") boolean requireScope,
        @DefaultValue Normalization normalization,
        @DefaultValue Map<String, Cache> caches,
        @DefaultValue Redis redis,
        @DefaultValue Map<String, Model> models) {

    /**
     * How prompts are folded.
     *
     * @param unicode Whether characters that Unicode holds to be the same are composed (NFC).
     * @param lowerCase Whether letters are lower-cased.
     * @param whiteSpace Whether each run of white space becomes one space.
     * @param strip Whether white space is taken away from both ends.
     */
    public record Normalization(
            @DefaultValue("true") boolean unicode,
            @DefaultValue("true") boolean lowerCase,
            @DefaultValue("true") boolean whiteSpace,
            @DefaultValue("true") boolean strip) {}

    /**
     * The settings of one cache; what is left out is as for all caches.
     *
     * @param version A version that joins every key of the cache.
     * @param defaultModel The model of the cache's methods that name none.
     * @param ttl How long an answer is kept.
     * @param ttlJitter By which share of itself a TTL is shortened at random, from 0 to 1.
     * @param keyStyle How keys look in Redis.
     * @param storePrompt Whether the normalized prompt stands in the entry.
     * @param maxEntrySize The largest answer that is stored, measured as JSON.
     * @param requireScope Whether methods that do not say whose answer it is are refused at start-up.
     * @param scope SpEL for whose answer it is, for methods of the cache that have no scope of their own.
     * @param normalization How prompts are folded.
     */
    public record Cache(
            @Nullable String version,
            @Nullable String defaultModel,
            @Nullable Duration ttl,
            @Nullable Double ttlJitter,
            @Nullable KeyStyle keyStyle,
            @Nullable Boolean storePrompt,
            @Nullable DataSize maxEntrySize,
            @Nullable Boolean requireScope,
            @Nullable String scope,
            @Nullable CacheNormalization normalization) {}

    /**
     * How prompts of one cache are folded; what is left out is as for all caches.
     *
     * @param unicode Whether characters that Unicode holds to be the same are composed (NFC).
     * @param lowerCase Whether letters are lower-cased.
     * @param whiteSpace Whether each run of white space becomes one space.
     * @param strip Whether white space is taken away from both ends.
     */
    public record CacheNormalization(
            @Nullable Boolean unicode,
            @Nullable Boolean lowerCase,
            @Nullable Boolean whiteSpace,
            @Nullable Boolean strip) {}

    /**
     * The connection to Redis.
     *
     * @param timeout How long a command may take before the call goes on without the cache.
     * @param connectionFactory The name of the RedisConnectionFactory bean that the cache's own connection is derived
     *     from. Needed only where the application has more than one.
     * @param circuitBreaker When Redis is left alone because it fails.
     */
    public record Redis(
            @DefaultValue("250ms") Duration timeout,
            @Nullable String connectionFactory,
            @DefaultValue CircuitBreaker circuitBreaker) {}

    /**
     * When Redis is left alone because it fails, so that not every call waits for the timeout.
     *
     * @param enabled Whether Redis is ever left alone. When false, every call asks it.
     * @param failureRateThreshold How many percent of the last look-ups have to fail before Redis is left alone.
     * @param slidingWindowSize How many of the last look-ups are counted.
     * @param minimumNumberOfCalls How many look-ups there have to be before Redis is left alone.
     * @param waitDuration How long Redis is left alone before it is tried again.
     * @param permittedProbes How many look-ups try it then, while the others go on without it.
     */
    public record CircuitBreaker(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("50") int failureRateThreshold,
            @DefaultValue("20") int slidingWindowSize,
            @DefaultValue("5") int minimumNumberOfCalls,
            @DefaultValue("1s") Duration waitDuration,
            @DefaultValue("3") int permittedProbes) {}

    /**
     * What is registered of a model.
     *
     * @param version The version of the model, part of the keys of its answers. Raising it makes its old answers
     *     unreachable.
     */
    public record Model(@Nullable String version) {}
}
