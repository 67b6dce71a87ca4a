package io.github.llmcache.redis;

import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Reads on threads of its own, so that a caller waits no longer than the timeout whatever time the client takes: of a
 * client that the cache knows nothing of, that may be a minute.
 */
final class BoundedEntryCommands implements EntryCommands {

    private final EntryCommands commands;

    BoundedEntryCommands(EntryCommands commands) {
        this.commands = commands;
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        CompletableFuture<byte @Nullable []> reply = commands.getLater(key);
        try {
            return reply.get();
        } catch (InterruptedException ex) {
            reply.cancel(true);
            Thread.currentThread().interrupt();
            throw new TierException(FailureKind.INTERRUPTED, "The caller was interrupted", ex);
        } catch (ExecutionException ex) {
            throw RedisFailures.translate(ex);
        }
    }

    @Override
    public CompletableFuture<byte @Nullable []> getLater(byte[] key) {
        return commands.getLater(key);
    }

    @Override
    public CompletableFuture<List<byte @Nullable []>> getAll(List<byte[]> keys) {
        return commands.getAll(keys);
    }

    @Override
    public CompletableFuture<Void> set(byte[] key, byte[] value, Duration ttl) {
        return commands.set(key, value, ttl);
    }

    @Override
    public CompletableFuture<Void> delete(byte[] key) {
        return commands.delete(key);
    }

    @Override
    public CompletableFuture<Void> index(byte[] index, byte[] member, Duration ttl) {
        return commands.index(index, member, ttl);
    }

    @Override
    public CompletableFuture<List<@Nullable Object>> run(Script script, List<byte[]> keys, byte[]... arguments) {
        return commands.run(script, keys, arguments);
    }

    @Override
    public boolean spansKeys() {
        return commands.spansKeys();
    }

    @Override
    public void flush(Duration atMost) {
        commands.flush(atMost);
    }
}
