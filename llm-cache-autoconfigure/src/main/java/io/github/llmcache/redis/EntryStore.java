package io.github.llmcache.redis;

import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.FailureKind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Stores the answers that leases are for. One server does it in one step. In a cluster the indexes come first, then the
 * entry, and then it is looked whether an eviction came meanwhile. Thread-safe.
 */
final class EntryStore {

    private final CacheConnection connection;
    private final RedisKeys keys;
    private final EntryIndexes indexes;
    private final Generations generations;
    private final EntryCodec codec = new EntryCodec();

    EntryStore(CacheConnection connection, RedisKeys keys) {
        this.connection = connection;
        this.keys = keys;
        this.indexes = new EntryIndexes(connection, keys);
        this.generations = new Generations(connection, keys);
    }

    /** Completes with whether the entry is stored; not if it was evicted, or if the lease was lost. */
    CompletableFuture<Boolean> store(LeasedEntry leased, Hold hold, CacheEntry entry, Duration ttl) {
        byte[] value =
                codec.write(entry, leased.place().expiresAt(connection.clock().instant(), ttl));
        if (!connection.scripts().isAllowed() || !connection.commands().spansKeys()) {
            return storeInSteps(leased, hold, entry, value, ttl);
        }
        return storeAtOnce(leased, hold, entry, value, ttl)
                .exceptionallyCompose(failure -> connection.scripts().isDeniedBy(failure)
                        ? storeInSteps(leased, hold, entry, value, ttl)
                        : CompletableFuture.failedFuture(failure));
    }

    private CompletableFuture<Boolean> storeAtOnce(
            LeasedEntry leased, Hold hold, CacheEntry entry, byte[] value, Duration ttl) {
        List<byte[]> marks =
                leased.generation() == Generations.UNGUARDED ? List.of() : generations.marksOf(leased.cache(), entry);
        List<byte[]> indexed = leased.place().memberships(keys, leased.cache(), entry).stream()
                .map(EntryPlace.Membership::index)
                .toList();
        return leased.place()
                .setAtOnce(
                        connection,
                        new StoreAtOnce(
                                leased.place().lease(keys),
                                hold.token(),
                                RedisKeys.bytes(keys.landed()),
                                value,
                                ttl,
                                leased.generation(),
                                marks,
                                indexed));
    }

    private CompletableFuture<Boolean> storeInSteps(
            LeasedEntry leased, Hold hold, CacheEntry entry, byte[] value, Duration ttl) {
        // Asked before too, so that an evicted answer is not to be seen for the time between the next two commands.
        return indexes.add(leased.cache(), leased.place(), entry, ttl)
                .thenCombine(isEvicted(leased, entry), (added, evicted) -> evicted)
                .thenCompose(
                        evicted -> evicted ? CompletableFuture.completedFuture(false) : write(leased, hold, value, ttl))
                .thenCompose(
                        written -> written ? keep(leased, entry, value) : CompletableFuture.completedFuture(false));
    }

    /** What failed here may be done there, after the eviction that nobody asks about any more, so it is taken back. */
    private CompletableFuture<Boolean> write(LeasedEntry leased, Hold hold, byte[] value, Duration ttl) {
        return hold.write(connection, leased.place(), value, ttl).whenComplete((written, failure) -> {
            if (failure != null && mayHaveRun(failure)) {
                connection.pendingWrites().track(leased.place().remove(connection, value));
            }
        });
    }

    private static boolean mayHaveRun(Throwable failure) {
        FailureKind kind = RedisFailures.kindOf(failure);
        return kind == FailureKind.TIMEOUT || kind == FailureKind.CONNECTION || kind == FailureKind.OTHER;
    }

    private CompletableFuture<Boolean> isEvicted(LeasedEntry leased, CacheEntry entry) {
        return generations.evictedSince(leased.generation(), leased.cache(), entry);
    }

    /** Takes the entry away again if it was evicted, or if that can't be known. */
    private CompletableFuture<Boolean> keep(LeasedEntry leased, CacheEntry entry, byte[] value) {
        return isEvicted(leased, entry)
                .handle((evicted, failure) -> {
                    if (failure == null && !evicted) {
                        return CompletableFuture.completedFuture(true);
                    }
                    return leased.place().remove(connection, value).thenApply(removed -> {
                        if (failure != null) {
                            throw new CompletionException(failure);
                        }
                        return false;
                    });
                })
                .thenCompose(kept -> kept);
    }
}
