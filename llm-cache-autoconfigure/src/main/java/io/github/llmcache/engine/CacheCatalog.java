package io.github.llmcache.engine;

import io.github.llmcache.model.ModelConfig;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Supplier;

/**
 * Knows the caches: their names and the settings of each.
 *
 * <p>Thread-safe. Settings never change; names are added as annotated methods are found.
 */
public final class CacheCatalog {

    /** The cache of methods that name none. */
    public static final String DEFAULT_CACHE = "prompt";

    /** Names that would give answers the keys of something else. */
    private static final Set<String> RESERVED = Set.of("chat", "usage", "model", "dedup", "cache", "llm-cache");

    private final CacheSettings defaults;
    private final Map<String, CacheSettings> byName;
    private final Supplier<Duration> longestOfModels;
    private final Map<String, Duration> longest = new ConcurrentHashMap<>();
    private final Set<String> names = new ConcurrentSkipListSet<>();

    /**
     * Creates the catalog.
     *
     * @param defaults the settings of caches that have none of their own
     * @param byName the settings of caches by their names
     * @throws IllegalArgumentException if a name is blank or reserved
     */
    public CacheCatalog(CacheSettings defaults, Map<String, CacheSettings> byName) {
        this(defaults, byName, () -> Duration.ZERO);
    }

    /**
     * Creates the catalog of caches whose models may have TTLs of their own.
     *
     * @param defaults the settings of caches that have none of their own
     * @param byName the settings of caches by their names
     * @param longestOfModels tells the longest TTL of a model, zero where none has one
     * @throws IllegalArgumentException if a name is blank or reserved
     */
    public CacheCatalog(CacheSettings defaults, Map<String, CacheSettings> byName, Supplier<Duration> longestOfModels) {
        byName.keySet().forEach(CacheCatalog::checkName);
        this.defaults = defaults;
        this.byName = Map.copyOf(byName);
        this.longestOfModels = longestOfModels;
        this.names.addAll(byName.keySet());
    }

    /**
     * Checks that a name can be a cache's.
     *
     * @param name the name
     * @throws IllegalArgumentException if it is blank or reserved, saying so
     */
    public static void checkName(String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("A cache's name is not blank");
        }
        if (RESERVED.contains(name)) {
            throw new IllegalArgumentException("The cache name '" + name
                    + "' is reserved, because keys in Redis begin with it that are not answers");
        }
    }

    /**
     * Adds the name of a cache that a method uses.
     *
     * @param name the name
     * @throws IllegalArgumentException if it is blank or reserved
     */
    public void add(String name) {
        checkName(name);
        names.add(name);
    }

    /** The names of all caches known so far, sorted; a view. */
    public Collection<String> names() {
        return Collections.unmodifiableSet(names);
    }

    /**
     * Says how long an answer of a method may be kept, where that is longer than the cache's settings say.
     *
     * @param name the cache's name
     * @param time its TTL and the time that it is served stale
     */
    public void keeps(String name, Duration time) {
        longest.merge(name, time, (one, other) -> one.compareTo(other) > 0 ? one : other);
    }

    /**
     * Tells how long an answer of a cache is kept at most, as far as this application knows: it may be less.
     *
     * @param name the cache's name, known or not
     * @return the time
     */
    public Duration longestKept(String name) {
        CacheSettings settings = settingsOf(name);
        Duration ofSettings = settings.ttl().plus(settings.staleness().grace());
        Duration ofMethods = longest.getOrDefault(name, ofSettings);
        Duration ofCache = ofMethods.compareTo(ofSettings) > 0 ? ofMethods : ofSettings;
        Duration ofModels = ofModels();
        // How long a model's answers are served stale is up to cache and method, so it is no more than theirs.
        return ofModels.isZero() ? ofCache : ofCache.plus(ofModels);
    }

    private Duration ofModels() {
        try {
            Duration longestTtl = longestOfModels.get();
            if (longestTtl.isNegative()) {
                return Duration.ZERO;
            }
            return longestTtl.compareTo(ModelConfig.LONGEST_TTL) > 0 ? ModelConfig.LONGEST_TTL : longestTtl;
        } catch (RuntimeException | LinkageError ex) {
            // A registry of the user's own that fails is no reason that an eviction does.
            return Duration.ZERO;
        }
    }

    /**
     * Tells the settings of a cache.
     *
     * @param name the cache's name, known or not
     * @return its settings
     */
    public CacheSettings settingsOf(String name) {
        return byName.getOrDefault(name, defaults);
    }
}
