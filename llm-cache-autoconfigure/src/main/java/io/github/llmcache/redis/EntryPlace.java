package io.github.llmcache.redis;

import io.github.llmcache.tier.CacheEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Where one entry lives in Redis, and what reads, writes and takes it away there: a key of its own, or a field of a hash.
 *
 * <p>Immutable. Nothing blocks but {@link #get}.
 */
interface EntryPlace {

    /** What tells it from all other places: so it is called in indexes, and to those who wait for it. */
    String name();

    /** The key of its lease, which lies in its slot of a cluster. */
    byte[] lease(RedisKeys keys);

    /** Until when readers may believe an entry that is written now, or null where the server sees to it alone. */
    @Nullable
    Instant expiresAt(Instant now, Duration ttl);

    /** All indexes that an entry belongs to, and as what it stands there. */
    List<Membership> memberships(RedisKeys keys, String cache, CacheEntry entry);

    /** Reads the value; blocks no longer than the timeout. */
    byte @Nullable [] get(EntryCommands commands);

    /** As {@link #get}, without blocking. */
    CompletableFuture<byte @Nullable []> getLater(EntryCommands commands);

    /** Takes the lease if nobody has it, as {@link Script#ACQUIRE} tells. */
    CompletableFuture<List<@Nullable Object>> acquire(
            CacheConnection connection, byte[] lease, byte[] token, Duration time);

    /** Writes a value, whoever has the lease. */
    CompletableFuture<Void> set(CacheConnection connection, byte[] value, Duration ttl);

    /** Writes a value while a lease stands, and ends it; completes with whether it did. */
    CompletableFuture<Boolean> setHeld(
            CacheConnection connection, byte[] lease, byte[] token, byte[] channel, byte[] value, Duration ttl);

    /** Does all that a store takes, as {@link Script#STORE_AT_ONCE} tells; completes with whether it did. */
    CompletableFuture<Boolean> setAtOnce(CacheConnection connection, StoreAtOnce store);

    /** Takes the entry away if it still has a value, or, where no script runs, whatever its value. */
    CompletableFuture<?> remove(CacheConnection connection, byte[] value);

    /**
     * That something stands in an index.
     *
     * @param index the index's key
     * @param member what stands in it
     */
    record Membership(byte[] index, byte[] member) {}
}
