package io.github.llmcache.redis;

import io.github.llmcache.tier.CacheEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A field of the hash in which the answers of a model lie. Immutable.
 *
 * <p>The hash lives as long as the longest of its fields. A field ends by itself where the server lets fields expire;
 * elsewhere readers know its end by what stands in the entry, and stores take away what has ended.
 */
final class FieldPlace implements EntryPlace {

    private final String name;
    private final String hashKey;
    private final String digest;
    private final byte[] hash;
    private final byte[] field;

    FieldPlace(String hash, String digest) {
        this.name = hash + ":" + digest;
        this.hashKey = hash;
        this.digest = digest;
        this.hash = RedisKeys.bytes(hash);
        this.field = RedisKeys.bytes(digest);
    }

    /** The hash's key. */
    byte[] hash() {
        return hash;
    }

    /** The hash's key, as a text. */
    String hashKey() {
        return hashKey;
    }

    byte[] field() {
        return field;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public byte[] lease(RedisKeys keys) {
        return RedisKeys.bytes(keys.hashes().lease(hashKey, digest));
    }

    @Override
    public Instant expiresAt(Instant now, Duration ttl) {
        return now.plus(ttl);
    }

    /** The last is that of the hash itself. The hash is all there is of its model, which takes no index besides. */
    @Override
    public List<Membership> memberships(RedisKeys keys, String cache, CacheEntry entry) {
        boolean ofModel = hashKey.equals(keys.hashes().hash(cache, entry.model()));
        byte[] member = RedisKeys.bytes(name);
        List<Membership> memberships = new ArrayList<>();
        for (Term term : Term.indexedOf(entry)) {
            if (term.kind() != Term.Kind.MODEL || !ofModel) {
                memberships.add(new Membership(RedisKeys.bytes(keys.index(cache, term)), member));
            }
        }
        memberships.add(new Membership(RedisKeys.bytes(keys.hashes().index(cache)), hash));
        return memberships;
    }

    @Override
    public byte @Nullable [] get(EntryCommands commands) {
        return commands.getField(hash, field);
    }

    @Override
    public CompletableFuture<byte @Nullable []> getLater(EntryCommands commands) {
        return commands.getFields(hash, List.of(field)).thenApply(values -> values.get(0));
    }

    @Override
    public CompletableFuture<List<@Nullable Object>> acquire(
            CacheConnection connection, byte[] lease, byte[] token, Duration time) {
        return connection.commands().run(Script.ACQUIRE, List.of(hash, lease), token, Replies.millis(time), field);
    }

    @Override
    public CompletableFuture<Void> set(CacheConnection connection, byte[] value, Duration ttl) {
        EntryCommands commands = connection.commands();
        if (!connection.scripts().isAllowed()) {
            return commands.setField(hash, field, value, ttl);
        }
        return run(connection, Script.SET_FIELD, List.of(hash), value, Replies.millis(ttl))
                .<Void>thenApply(done -> null)
                .exceptionallyCompose(failure -> connection.scripts().isDeniedBy(failure)
                        ? commands.setField(hash, field, value, ttl)
                        : CompletableFuture.failedFuture(failure));
    }

    @Override
    public CompletableFuture<Boolean> setHeld(
            CacheConnection connection, byte[] lease, byte[] token, byte[] channel, byte[] value, Duration ttl) {
        return run(
                connection,
                Script.STORE_FIELD,
                List.of(hash, lease),
                token,
                channel,
                value,
                Replies.millis(ttl),
                RedisKeys.bytes(name));
    }

    @Override
    public CompletableFuture<Boolean> setAtOnce(CacheConnection connection, StoreAtOnce store) {
        return run(connection, Script.STORE_FIELD_AT_ONCE, store.keys(hash), store.arguments(RedisKeys.bytes(name)));
    }

    /** Runs a script that writes the field, and takes down how the server let it expire. */
    private CompletableFuture<Boolean> run(
            CacheConnection connection, Script script, List<byte[]> keys, byte[]... arguments) {
        byte[][] all = Stream.concat(
                        Arrays.stream(arguments),
                        Stream.of(
                                field,
                                RedisKeys.bytes(Long.toString(connection.clock().millis())),
                                connection.fieldExpiry().worthATry()))
                .toArray(byte[][]::new);
        return connection.commands().run(script, keys, all).thenApply(answer -> {
            connection.fieldExpiry().told(answer);
            return Replies.isDone(answer);
        });
    }

    @Override
    public CompletableFuture<?> remove(CacheConnection connection, byte[] value) {
        return connection.scripts().isAllowed()
                ? connection.commands().run(Script.REMOVE, List.of(hash), value, field)
                : connection.commands().deleteField(hash, field);
    }

    @Override
    public String toString() {
        return "FieldPlace";
    }
}
