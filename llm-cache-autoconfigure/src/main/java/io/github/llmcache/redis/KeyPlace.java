package io.github.llmcache.redis;

import io.github.llmcache.tier.CacheEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A string under a key of its own. Immutable. */
final class KeyPlace implements EntryPlace {

    private final String name;
    private final byte[] key;

    KeyPlace(String key) {
        this.name = key;
        this.key = RedisKeys.bytes(key);
    }

    /** The key in Redis. */
    byte[] key() {
        return key;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public byte[] lease(RedisKeys keys) {
        return RedisKeys.bytes(keys.lease(name));
    }

    @Override
    public @Nullable Instant expiresAt(Instant now, Duration ttl) {
        return null;
    }

    @Override
    public List<Membership> memberships(RedisKeys keys, String cache, CacheEntry entry) {
        return Term.indexedOf(entry).stream()
                .map(term -> new Membership(RedisKeys.bytes(keys.index(cache, term)), key))
                .toList();
    }

    @Override
    public byte @Nullable [] get(EntryCommands commands) {
        return commands.get(key);
    }

    @Override
    public CompletableFuture<byte @Nullable []> getLater(EntryCommands commands) {
        return commands.getLater(key);
    }

    @Override
    public CompletableFuture<List<@Nullable Object>> acquire(
            CacheConnection connection, byte[] lease, byte[] token, Duration time) {
        return connection.commands().run(Script.ACQUIRE, List.of(key, lease), token, Replies.millis(time));
    }

    @Override
    public CompletableFuture<Void> set(CacheConnection connection, byte[] value, Duration ttl) {
        return connection.commands().set(key, value, ttl);
    }

    @Override
    public CompletableFuture<Boolean> setHeld(
            CacheConnection connection, byte[] lease, byte[] token, byte[] channel, byte[] value, Duration ttl) {
        return connection
                .commands()
                .run(Script.STORE, List.of(key, lease), token, channel, value, Replies.millis(ttl))
                .thenApply(Replies::isDone);
    }

    @Override
    public CompletableFuture<Boolean> setAtOnce(CacheConnection connection, StoreAtOnce store) {
        return connection
                .commands()
                .run(Script.STORE_AT_ONCE, store.keys(key), store.arguments())
                .thenApply(Replies::isDone);
    }

    @Override
    public CompletableFuture<?> remove(CacheConnection connection, byte[] value) {
        return connection.scripts().isAllowed()
                ? connection.commands().run(Script.REMOVE, List.of(key), value)
                : connection.commands().delete(key);
    }

    /** Names no key: it can hold a prompt. */
    @Override
    public String toString() {
        return "KeyPlace";
    }
}
