package io.github.llmcache.autoconfigure;

import io.github.llmcache.engine.CacheLayout;
import io.github.llmcache.engine.CacheMode;
import io.github.llmcache.key.KeyStyle;
import io.github.llmcache.usage.LostRedis;
import io.github.llmcache.usage.UsageWindow;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;
import java.util.Set;
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
 * @param mode What the caches do until they are switched.
 * @param version A version that joins every key. Changing it makes all answers so far unreachable.
 * @param keyPrefix What stands before every key in Redis. Defaults to the value of spring.application.name and a colon,
 *     or to nothing where the application has no name.
 * @param defaultModel The model of methods that name none.
 * @param ttl How long an answer is kept.
 * @param ttlJitter By which share of itself a TTL is shortened at random, from 0 to 1, so that answers that were stored
 *     together do not expire together.
 * @param staleWhileRevalidate How long after its TTL an answer is served at once while it is refreshed in the
 *     background.
 * @param staleIfError How long after its TTL an answer is served where the model fails.
 * @param loadTimeout How long the model may take where an old answer is at hand that may be served instead.
 * @param keyStyle How keys look in Redis: the digest alone, or the beginning of the prompt and a part of the digest.
 * @param layout How answers lie in Redis: each under a key of its own, or all of a model in one hash.
 * @param storePrompt Whether the normalized prompt stands in the entry, for people to read.
 * @param maxEntrySize The largest answer that is stored, measured as JSON.
 * @param requireScope Whether methods that do not say whose answer it is are refused at start-up.
 * @param normalization How prompts are folded before they become part of a key.
 * @param admission What is stored besides whole answers.
 * @param caches Settings of single caches by their names, each over the setting of the same name above.
 * @param near The tier in the memory of this JVM.
 * @param singleFlight How equal calls wait for one call of the model.
 * @param refresh The calls of the model in the background.
 * @param bulkhead The limit on concurrent calls of the model.
 * @param web What requests over HTTP may ask of the cache, and what they are told.
 * @param redis The connection to Redis.
 * @param state What is kept in Redis that is no answer, and must not be evicted by it: conversations, what is registered
 *     of models, which prompts were seen.
 * @param chatMemory The memory of conversations for LangChain4j.
 * @param models What is registered of models by their names.
 * @param modelRegistry What is registered of models in Redis.
 * @param dedup Which prompts were seen before.
 * @param stats What all JVMs count together in Redis.
 * @param langchain4j The caches of LangChain4j's models.
 * @param usage What users use of models, and how much of it they may.
 */
@ConfigurationProperties(prefix = "llm-cache", ignoreUnknownFields = false)
public record LlmCacheProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("on") CacheMode mode,
        @Nullable String version,
        @Nullable String keyPrefix,
        @Nullable String defaultModel,
        @DefaultValue("1h") Duration ttl,
        @DefaultValue("0") double ttlJitter,
        @DefaultValue("0s") Duration staleWhileRevalidate,
        @DefaultValue("0s") Duration staleIfError,
        @Nullable Duration loadTimeout,
        @DefaultValue("digest") KeyStyle keyStyle,
        @DefaultValue("string") CacheLayout layout,
        @DefaultValue("true") boolean storePrompt,
        @DefaultValue("256KB") DataSize maxEntrySize,
        @DefaultValue("false") boolean requireScope,
        @DefaultValue Normalization normalization,
        @DefaultValue Admission admission,
        @DefaultValue Map<String, Cache> caches,
        @DefaultValue Near near,
        @DefaultValue SingleFlight singleFlight,
        @DefaultValue Refresh refresh,
        @DefaultValue Bulkhead bulkhead,
        @DefaultValue Web web,
        @DefaultValue Redis redis,
        @DefaultValue State state,
        @DefaultValue ChatMemory chatMemory,
        @DefaultValue Map<String, Model> models,
        @DefaultValue ModelRegistry modelRegistry,
        @DefaultValue Dedup dedup,
        @DefaultValue Stats stats,
        @DefaultValue Langchain4j langchain4j,
        @DefaultValue Usage usage) {

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
     * @param mode What the cache does until it is switched.
     * @param version A version that joins every key of the cache.
     * @param defaultModel The model of the cache's methods that name none.
     * @param ttl How long an answer is kept.
     * @param ttlJitter By which share of itself a TTL is shortened at random, from 0 to 1.
     * @param staleWhileRevalidate How long after its TTL an answer is served while it is refreshed in the background.
     * @param staleIfError How long after its TTL an answer is served where the model fails.
     * @param loadTimeout How long the model may take where an old answer is at hand that may be served instead.
     * @param keyStyle How keys look in Redis.
     * @param layout How answers lie in Redis.
     * @param storePrompt Whether the normalized prompt stands in the entry.
     * @param maxEntrySize The largest answer that is stored, measured as JSON.
     * @param requireScope Whether methods that do not say whose answer it is are refused at start-up.
     * @param scope SpEL for whose answer it is, for methods of the cache that have no scope of their own.
     * @param normalization How prompts are folded.
     * @param admission What is stored besides whole answers.
     */
    public record Cache(
            @Nullable CacheMode mode,
            @Nullable String version,
            @Nullable String defaultModel,
            @Nullable Duration ttl,
            @Nullable Double ttlJitter,
            @Nullable Duration staleWhileRevalidate,
            @Nullable Duration staleIfError,
            @Nullable Duration loadTimeout,
            @Nullable KeyStyle keyStyle,
            @Nullable CacheLayout layout,
            @Nullable Boolean storePrompt,
            @Nullable DataSize maxEntrySize,
            @Nullable Boolean requireScope,
            @Nullable String scope,
            @Nullable CacheNormalization normalization,
            @Nullable CacheAdmission admission) {}

    /**
     * What is stored besides whole answers.
     *
     * @param truncated Whether answers are stored that a limit of tokens cut off.
     * @param filtered Whether answers are stored that a content filter took a part of.
     * @param empty Whether answers are stored that have nothing in them.
     * @param toolCalls Whether answers are stored in which the model asks for a tool to be run.
     * @param unknownFinish Whether answers are stored of which the model does not tell why it ended.
     * @param maxTemperature The highest temperature of requests to a LangChain4j model that are cached. Any where left
     *     out.
     */
    public record Admission(
            @DefaultValue("false") boolean truncated,
            @DefaultValue("false") boolean filtered,
            @DefaultValue("false") boolean empty,
            @DefaultValue("false") boolean toolCalls,
            @DefaultValue("false") boolean unknownFinish,
            @Nullable Double maxTemperature) {}

    /**
     * What one cache stores besides whole answers; what is left out is as for all caches.
     *
     * @param truncated Whether answers are stored that a limit of tokens cut off.
     * @param filtered Whether answers are stored that a content filter took a part of.
     * @param empty Whether answers are stored that have nothing in them.
     * @param toolCalls Whether answers are stored in which the model asks for a tool to be run.
     * @param unknownFinish Whether answers are stored of which the model does not tell why it ended.
     * @param maxTemperature The highest temperature of requests to a LangChain4j model that are cached.
     */
    public record CacheAdmission(
            @Nullable Boolean truncated,
            @Nullable Boolean filtered,
            @Nullable Boolean empty,
            @Nullable Boolean toolCalls,
            @Nullable Boolean unknownFinish,
            @Nullable Double maxTemperature) {}

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
     * The tier in the memory of this JVM, in front of Redis.
     *
     * @param enabled Whether answers are kept in memory too, where Caffeine is on the classpath and Redis tells what
     *     changes.
     * @param maximumWeight How much memory the answers may take.
     */
    public record Near(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("32MB") DataSize maximumWeight) {}

    /**
     * How equal calls wait for one call of the model.
     *
     * @param enabled Whether they wait at all. When false, every one of them asks the model.
     * @param maxWait How long a call waits for another one's answer before it asks the model itself.
     * @param lease How long the others wait for a JVM that died while it asked the model. It is renewed while the model
     *     answers.
     */
    public record SingleFlight(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("30s") Duration maxWait,
            @DefaultValue("5s") Duration lease) {}

    /**
     * The calls of the model in the background, for answers that were served stale.
     *
     * @param maxConcurrentCalls How many there may be at a time. What is stale beyond it is refreshed by a later call.
     */
    public record Refresh(@DefaultValue("8") int maxConcurrentCalls) {}

    /**
     * The limit on concurrent calls of the model, so that a cache that is lost does not become a flood.
     *
     * @param maxConcurrentCalls How many calls of the model there may be at a time in this JVM. No limit where left out.
     * @param maxWait How long a blocking call waits for its turn before it is refused. Asynchronous calls do not wait.
     */
    public record Bulkhead(
            @Nullable Integer maxConcurrentCalls,
            @DefaultValue("10s") Duration maxWait) {}

    /**
     * What requests over HTTP may ask of the cache, and what they are told.
     *
     * @param directives The directives of the Cache-Control header of requests that count. None where left out.
     * @param outcomeHeader Whether responses tell in the header X-LLM-Cache how the cache answered.
     */
    public record Web(
            @DefaultValue Set<Directive> directives,
            @DefaultValue("false") boolean outcomeHeader) {

        /** A directive of the Cache-Control header of a request. */
        public enum Directive {
            /** The model is asked, which costs money, and its answer is stored. */
            NO_CACHE,
            /** Nothing is looked up or kept. */
            NO_STORE,
            /** The model is not asked, which tells what others have asked. */
            ONLY_IF_CACHED,
            /** No answer is older. */
            MAX_AGE
        }
    }

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
     * What is kept in Redis that is no answer.
     *
     * @param connectionFactory The name of the RedisConnectionFactory bean that state is kept by. Needed only where the
     *     application has more than one.
     */
    public record State(@Nullable String connectionFactory) {}

    /**
     * The memory of conversations for LangChain4j, in Redis.
     *
     * @param enabled Whether there is a ChatMemoryStore bean that keeps conversations in Redis.
     * @param ttl How long a conversation is kept after its last use.
     * @param maxSize The largest conversation that is kept, measured as JSON.
     * @param maxMessages How many messages of a conversation RedisChatMemories keeps.
     */
    public record ChatMemory(
            @DefaultValue("false") boolean enabled,
            @DefaultValue("24h") Duration ttl,
            @DefaultValue("1MB") DataSize maxSize,
            @DefaultValue("20") int maxMessages) {}

    /**
     * What is registered of a model.
     *
     * @param version The version of the model, part of the keys of its answers. Raising it makes its old answers
     *     unreachable.
     * @param inputPrice What a million tokens of prompts cost. The currency is the same for all models.
     * @param outputPrice What a million tokens of answers cost.
     * @param parameters Whatever the application wants to know of the model by name. The cache does not look at it.
     * @param ttl How long answers of the model are kept, where their methods don't say so. As long as those of their cache
     *     where left out.
     */
    public record Model(
            @Nullable String version,
            @Nullable BigDecimal inputPrice,
            @Nullable BigDecimal outputPrice,
            @DefaultValue Map<String, String> parameters,
            @Nullable Duration ttl) {}

    /**
     * What is registered of models in Redis, for all applications that share it.
     *
     * @param enabled Whether what Redis keeps of models comes before what is registered here, and can be changed while
     *     applications run.
     */
    public record ModelRegistry(@DefaultValue("false") boolean enabled) {}

    /**
     * Which prompts were seen before.
     *
     * @param ttl How long after the first prompt of a name all its prompts are forgotten.
     * @param ttls The same for single names.
     */
    public record Dedup(
            @DefaultValue("24h") Duration ttl, @DefaultValue Map<String, Duration> ttls) {}

    /**
     * What all JVMs count together in Redis, by cache and day.
     *
     * @param enabled Whether this JVM adds what it counts, and the sums can be read.
     * @param flushInterval How often it adds what it has counted, where it has counted anything.
     * @param retention How long the sums of a day are kept after the last counts were added to them.
     * @param repeats Whether it is counted, too, how many prompts of a day had been asked before.
     */
    public record Stats(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("10s") Duration flushInterval,
            @DefaultValue("90d") Duration retention,
            @DefaultValue("false") boolean repeats) {}

    /**
     * The caches of LangChain4j's models.
     *
     * @param chatModel The cache of chat models, whole and streaming ones.
     * @param embeddingModel The cache of embedding models.
     */
    public record Langchain4j(
            @DefaultValue ChatModel chatModel, @DefaultValue EmbeddingModel embeddingModel) {}

    /**
     * The cache of LangChain4j's chat models, whole and streaming ones.
     *
     * @param enabled Whether beans that are chat models answer from the cache.
     * @param beans The names of the beans that do. All of them where left out.
     * @param cache The name of their cache.
     * @param names Names of models by the names of their beans. Models of one name share answers, those of two names do
     *     not.
     * @param normalize Whether the text of the last user message is folded as prompts of methods are.
     */
    public record ChatModel(
            @DefaultValue("false") boolean enabled,
            @Nullable Set<String> beans,
            @DefaultValue("chat-model") String cache,
            @DefaultValue Map<String, String> names,
            @DefaultValue("false") boolean normalize) {}

    /**
     * The cache of LangChain4j's embedding models.
     *
     * @param enabled Whether beans that are embedding models answer from the cache.
     * @param beans The names of the beans that do. All of them where left out.
     * @param cache The name of their cache.
     * @param names Names of models by the names of their beans. Models of one name share vectors, those of two names do
     *     not.
     */
    public record EmbeddingModel(
            @DefaultValue("false") boolean enabled,
            @Nullable Set<String> beans,
            @DefaultValue("embedding") String cache,
            @DefaultValue Map<String, String> names) {}

    /**
     * What users use of models, and how much of it they may.
     *
     * @param enabled Whether usage is counted. Where left out, it is if there are limits.
     * @param window The window whose counters are always there, under keys without a window's name.
     * @param zone The time zone in which days and months begin.
     * @param limits How much everybody may use, by window: minute, hour, day or month.
     * @param subjects Limits of single users by their names, each over the limit of the same window and unit above.
     * @param sharedSubject For whom usage is counted where nobody tells whose it is. It is not counted where blank.
     * @param countHits Whether answers from the cache count as calls. They are never refused.
     * @param reservedTokens How many tokens are reserved for a call that is under way, where tokens or money are limited.
     *     An answer that does not tell its tokens is counted as so many.
     * @param warnAt How many percent of a limit have to be used or reserved for a warning, from 1 to 100.
     * @param onRedisDown What becomes of calls while Redis does not tell what is used.
     */
    public record Usage(
            @Nullable Boolean enabled,
            @DefaultValue("day") UsageWindow window,
            @DefaultValue("UTC") ZoneId zone,
            @DefaultValue Map<UsageWindow, UsageLimits> limits,
            @DefaultValue Map<String, UsageSubject> subjects,
            @DefaultValue("everybody") String sharedSubject,
            @DefaultValue("false") boolean countHits,
            @DefaultValue("1000") long reservedTokens,
            @DefaultValue("80") int warnAt,
            @DefaultValue("local-share") LostRedis onRedisDown) {}

    /**
     * How much one user may use.
     *
     * @param limits How much the user may use, by window: minute, hour, day or month. -1 lifts a limit that everybody has.
     */
    public record UsageSubject(@DefaultValue Map<UsageWindow, UsageLimits> limits) {}

    /**
     * How much may be used in a window.
     *
     * @param calls How many calls of models.
     * @param tokens How many tokens, of prompts and answers together.
     * @param cost How much money, in the currency of the models' prices.
     */
    public record UsageLimits(
            @Nullable Long calls,
            @Nullable Long tokens,
            @Nullable BigDecimal cost) {}
}
