package io.github.llmcache.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The few commands that calls need, as fast as a client gives them.
 *
 * <p>Thread-safe. Failures are exceptions of the client, or a {@code TierException}. Futures are completed within the
 * timeout, on any thread, which may be the one that reads from the server: who hands them on to callers has to change
 * the thread.
 */
interface EntryCommands {

    /** Reads a value; blocks no longer than the timeout. */
    byte @Nullable [] get(byte[] key);

    /** Reads a value and how long it still lives, in one round trip where the client can; blocks no longer than the timeout. */
    default @Nullable TimedValue getTimed(byte[] key) {
        return TimedValue.of(get(key), null);
    }

    /** As {@link #getTimed}, without blocking. */
    default CompletableFuture<@Nullable TimedValue> getTimedLater(byte[] key) {
        return getLater(key).thenApply(value -> TimedValue.of(value, null));
    }

    /** Reads a value without blocking. */
    CompletableFuture<byte @Nullable []> getLater(byte[] key);

    /** Reads values without blocking, from wherever they lie; one that is missing is null. */
    CompletableFuture<List<byte @Nullable []>> getAll(List<byte[]> keys);

    /** Writes a value without waiting. */
    CompletableFuture<Void> set(byte[] key, byte[] value, Duration ttl);

    /** Takes a key away without waiting. */
    CompletableFuture<Void> delete(byte[] key);

    /** Reads a field of a hash; blocks no longer than the timeout. */
    byte @Nullable [] getField(byte[] hash, byte[] field);

    /** Reads fields of a hash without blocking; one that is missing is null. */
    CompletableFuture<List<byte @Nullable []>> getFields(byte[] hash, List<byte[]> fields);

    /**
     * Writes a field of a hash that lives as long at least, without a script; the field expires where the server lets it.
     * A key of another type is overwritten.
     */
    CompletableFuture<Void> setField(byte[] hash, byte[] field, byte[] value, Duration ttl);

    /** Takes a field of a hash away without waiting. */
    CompletableFuture<Void> deleteField(byte[] hash, byte[] field);

    /** Adds a member to an index that lives as long at least, without a script. */
    CompletableFuture<Void> index(byte[] index, byte[] member, Duration ttl);

    /**
     * Runs a script without waiting; one that {@link Script#isOrdered} in the order of calls, so that a read after it sees
     * what it stored, where the client keeps an order at all.
     */
    CompletableFuture<List<@Nullable Object>> run(Script script, List<byte[]> keys, byte[]... arguments);

    /** Whether one script may use any keys, since no cluster keeps them apart; false while that is not known. */
    boolean spansKeys();

    /** Waits for the writes that are on their way, because each may hold an answer that took seconds; bounded. */
    void flush(Duration atMost);
}
