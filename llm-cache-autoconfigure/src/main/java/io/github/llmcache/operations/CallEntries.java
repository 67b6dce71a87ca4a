package io.github.llmcache.operations;

import io.github.llmcache.engine.CachePolicy;
import io.github.llmcache.engine.PromptCache;
import io.github.llmcache.engine.PromptCall;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.tier.CacheEntry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Stores answers to calls as the cache itself would.
 *
 * @param writer stores entries
 * @param cache tells how long they are kept
 * @param clock tells the time of the answers
 */
record CallEntries(EntryWriter writer, PromptCache cache, InstantSource clock) {

    /** Stores an answer; false if it was evicted meanwhile, or may not be stored now. */
    boolean store(PromptCall call, Object answer) {
        CachePolicy policy = cache.now(call.policy());
        Payload payload = call.codec().encode(answer);
        UnfitAnswerException.check(payload.length(), policy.maxEntrySize());
        Duration ttl = CachePolicy.jittered(
                policy.ttl(), policy.ttlJitter(), ThreadLocalRandom.current().nextDouble());
        Duration grace = policy.longestKept().minus(policy.ttl());
        Instant now = clock.instant();
        CacheEntry entry = new CacheEntry(
                call.key().digest(),
                payload,
                now,
                now.plus(ttl),
                policy.model(),
                policy.storePrompt() ? call.key().prompt() : null,
                call.codec().tokensOf(answer),
                call.terms().apply(answer),
                call.key().parts());
        return writer.store(call.key(), entry, ttl.plus(grace));
    }
}
