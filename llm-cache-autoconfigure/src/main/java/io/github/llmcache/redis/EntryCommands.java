package io.github.llmcache.redis;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The two commands that calls need, as fast as a client gives them.
 *
 * <p>Thread-safe. Failures are exceptions of the client, or a {@code TierException}.
 */
interface EntryCommands {

    /** Reads a value; blocks no longer than the timeout. */
    byte @Nullable [] get(byte[] key);

    /** Writes a value without waiting. */
    CompletableFuture<Void> set(byte[] key, byte[] value, Duration ttl);

    /** Waits for the writes that are on their way, because each may hold an answer that took seconds; bounded. */
    void flush(Duration atMost);
}
