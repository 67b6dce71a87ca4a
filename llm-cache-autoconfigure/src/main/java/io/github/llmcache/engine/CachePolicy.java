package io.github.llmcache.engine;

import io.github.llmcache.model.ModelConfig;
import io.github.llmcache.model.ModelConfigRegistry;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What holds for the answers of one method: where and how long they are kept.
 *
 * @param cache the cache
 * @param ttl how long an answer is fresh, positive
 * @param ttlJitter by which share of itself the TTL is shortened at random, from 0 to 1
 * @param staleness when an answer that is no longer fresh is served all the same
 * @param maxEntrySize the largest answer that is stored, in bytes of JSON
 * @param storePrompt whether the normalized prompt stands in the entry
 * @param model the model that answers, or null where none is named
 * @param ownTtl whether the TTL is the method's own, which counts before one that is registered of the model; otherwise it
 *     is the cache's, which counts after it
 */
public record CachePolicy(
        String cache,
        Duration ttl,
        double ttlJitter,
        Staleness staleness,
        long maxEntrySize,
        boolean storePrompt,
        @Nullable String model,
        boolean ownTtl) {

    /** Checks the TTL and the jitter. */
    public CachePolicy {
        Objects.requireNonNull(cache, "cache");
        if (ttl.toMillis() <= 0) {
            throw new IllegalArgumentException("A TTL is at least one millisecond, not " + ttl);
        }
        if (!(ttlJitter >= 0 && ttlJitter <= 1)) {
            throw new IllegalArgumentException("A TTL jitter is from 0 to 1, not " + ttlJitter);
        }
    }

    /**
     * Creates a policy whose TTL is the method's own.
     *
     * @param cache the cache
     * @param ttl how long an answer is fresh, positive
     * @param ttlJitter by which share of itself the TTL is shortened at random, from 0 to 1
     * @param staleness when an answer that is no longer fresh is served all the same
     * @param maxEntrySize the largest answer that is stored, in bytes of JSON
     * @param storePrompt whether the normalized prompt stands in the entry
     * @param model the model that answers, or null where none is named
     */
    public CachePolicy(
            String cache,
            Duration ttl,
            double ttlJitter,
            Staleness staleness,
            long maxEntrySize,
            boolean storePrompt,
            @Nullable String model) {
        this(cache, ttl, ttlJitter, staleness, maxEntrySize, storePrompt, model, true);
    }

    /**
     * Creates a policy by which no answer is served stale, and whose TTL is the method's own.
     *
     * @param cache the cache
     * @param ttl how long an answer is kept, positive
     * @param ttlJitter by which share of itself the TTL is shortened at random, from 0 to 1
     * @param maxEntrySize the largest answer that is stored, in bytes of JSON
     * @param storePrompt whether the normalized prompt stands in the entry
     * @param model the model that answers, or null where none is named
     */
    public CachePolicy(
            String cache,
            Duration ttl,
            double ttlJitter,
            long maxEntrySize,
            boolean storePrompt,
            @Nullable String model) {
        this(cache, ttl, ttlJitter, Staleness.NEVER, maxEntrySize, storePrompt, model);
    }

    /** What holds for answers that are stored now, by the TTL that is registered of the model. */
    CachePolicy asRegistered(ModelConfigRegistry models) {
        if (ownTtl || model == null) {
            return this;
        }
        try {
            Duration registered = models.find(model).map(ModelConfig::ttl).orElse(null);
            return registered == null
                    ? this
                    : new CachePolicy(
                            cache, registered, ttlJitter, staleness, maxEntrySize, storePrompt, model, ownTtl);
        } catch (RuntimeException | LinkageError ex) {
            // A registry of the user's own that fails is no reason that an answer is not kept.
            return this;
        }
    }

    /** How long an answer is kept at most: its TTL, and the time after it in which it is served stale. */
    public Duration longestKept() {
        return ttl.plus(staleness.grace());
    }

    /** The TTL of one entry, shortened by the jitter at random. */
    Duration drawTtl() {
        return jittered(ttl, ttlJitter, ThreadLocalRandom.current().nextDouble());
    }

    /**
     * Shortens a TTL by its jitter; never makes it longer, never shorter than a millisecond.
     *
     * @param ttl the TTL
     * @param jitter by which share of itself it is shortened at most, from 0 to 1
     * @param random which part of that share, from 0 to 1
     * @return the TTL of one entry
     */
    public static Duration jittered(Duration ttl, double jitter, double random) {
        return jitter == 0 ? ttl : Duration.ofMillis(Math.max(1, Math.round(ttl.toMillis() * (1 - jitter * random))));
    }
}
