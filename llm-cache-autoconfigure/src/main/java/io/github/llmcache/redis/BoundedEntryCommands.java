package io.github.llmcache.redis;

import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Reads on threads of its own, so that a caller waits no longer than the timeout whatever time the client takes: of a
 * client that the cache knows nothing of, that may be a minute.
 */
final class BoundedEntryCommands implements EntryCommands {

    private static final int READERS = 16;
    private static final int QUEUE = 256;

    private final BlockingEntryCommands commands;
    private final long timeoutNanos;
    private final ThreadPoolExecutor readers;

    BoundedEntryCommands(BlockingEntryCommands commands, Duration timeout) {
        this.commands = commands;
        this.timeoutNanos = timeout.toNanos();
        this.readers = new ThreadPoolExecutor(
                READERS, READERS, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUE), task -> {
                    Thread thread = new Thread(task, "llm-cache-redis-reader");
                    thread.setDaemon(true);
                    return thread;
                });
        readers.allowCoreThreadTimeOut(true);
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        Future<byte @Nullable []> reply;
        try {
            reply = readers.submit(() -> commands.get(key));
        } catch (RejectedExecutionException ex) {
            throw new TierException(FailureKind.TIMEOUT, "Too many reads wait already", ex);
        }
        try {
            return reply.get(timeoutNanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException ex) {
            reply.cancel(true);
            throw new TierException(FailureKind.TIMEOUT, "Redis did not answer in time", ex);
        } catch (InterruptedException ex) {
            reply.cancel(true);
            Thread.currentThread().interrupt();
            throw new TierException(FailureKind.INTERRUPTED, "The caller was interrupted", ex);
        } catch (ExecutionException ex) {
            throw RedisFailures.translate(ex);
        }
    }

    @Override
    public CompletableFuture<Void> set(byte[] key, byte[] value, Duration ttl) {
        return commands.set(key, value, ttl);
    }

    @Override
    public void flush(Duration atMost) {
        commands.flush(atMost);
        readers.shutdownNow();
    }
}
