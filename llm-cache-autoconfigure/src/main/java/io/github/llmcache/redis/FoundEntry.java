package io.github.llmcache.redis;

import io.github.llmcache.key.PromptKey;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import io.github.llmcache.tier.TierLookup;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Reads what stands under a key as the answer to a request. Thread-safe. */
final class FoundEntry {

    private final EntryCodec codec = new EntryCodec();
    private final InstantSource clock;

    /**
     * Creates the reader.
     *
     * @param clock tells whether an entry has ended that the server could not take away
     */
    FoundEntry(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Reads a value.
     *
     * @throws TierException if it is no entry, or that of another request
     */
    TierLookup in(byte @Nullable [] value, PromptKey key) {
        return in(TimedValue.of(value, null), key);
    }

    /**
     * Reads a value of which it is known how long it lives.
     *
     * @throws TierException if it is no entry, or that of another request
     */
    TierLookup in(@Nullable TimedValue value, PromptKey key) {
        if (value == null) {
            return TierLookup.Miss.INSTANCE;
        }
        EntryCodec.Decoded decoded = codec.decode(value.value());
        if (decoded.hasEnded(clock)) {
            return TierLookup.Miss.INSTANCE;
        }
        CacheEntry entry = decoded.entry();
        // A readable key carries a part of the digest only, and anybody can write to Redis.
        if (!entry.digest().equals(key.digest())) {
            throw new TierException(FailureKind.UNREADABLE, "The entry answers another request", null);
        }
        return new TierLookup.Hit(entry, value.ttlLeft());
    }
}
