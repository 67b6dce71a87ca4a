package io.github.llmcache.redis;

import io.github.llmcache.tier.CacheEntry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Says which entries belong to a tag, a scope, a model or a key, each in a set sorted by when they expire. Thread-safe. */
final class EntryIndexes {

    /** An index is written before the entry, so it has to live a little longer. */
    private static final Duration MARGIN = Duration.ofSeconds(10);

    private final CacheConnection connection;
    private final RedisKeys keys;

    EntryIndexes(CacheConnection connection, RedisKeys keys) {
        this.connection = connection;
        this.keys = keys;
    }

    /** Adds an entry to all its indexes; to be completed before the entry is stored. */
    CompletableFuture<Void> add(String cache, EntryPlace place, CacheEntry entry, Duration ttl) {
        return CompletableFuture.allOf(place.memberships(keys, cache, entry).stream()
                .map(membership -> add(membership.index(), membership.member(), lives(ttl)))
                .toArray(CompletableFuture[]::new));
    }

    /** How long an index has to live for an entry. */
    static Duration lives(Duration ttl) {
        return ttl.plus(MARGIN);
    }

    private CompletableFuture<Void> add(byte[] index, byte[] member, Duration lives) {
        EntryCommands commands = connection.commands();
        if (!connection.scripts().isAllowed()) {
            return commands.index(index, member, lives);
        }
        return commands.run(Script.INDEX, List.of(index), member, Replies.millis(lives))
                .<Void>thenApply(added -> null)
                .exceptionallyCompose(failure -> connection.scripts().isDeniedBy(failure)
                        ? commands.index(index, member, lives)
                        : CompletableFuture.failedFuture(failure));
    }
}
