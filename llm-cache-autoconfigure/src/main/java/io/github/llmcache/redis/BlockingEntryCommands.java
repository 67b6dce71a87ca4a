package io.github.llmcache.redis;

import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStringCommands.SetOption;
import org.springframework.data.redis.core.types.Expiration;

/**
 * The commands over any connection factory, such as Jedis': reads block with the client's own timeout, writes wait in a
 * short queue for a thread of their own.
 */
final class BlockingEntryCommands implements EntryCommands {

    /** As many answers as a burst of model calls gives; past it a write is dropped rather than waited for. */
    private static final int QUEUE = 256;

    private final RedisConnectionFactory factory;
    private final ExecutorService writer;

    BlockingEntryCommands(RedisConnectionFactory factory) {
        this.factory = factory;
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUE), task -> {
                    Thread thread = new Thread(task, "llm-cache-redis-writer");
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
        this.writer = executor;
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        try (RedisConnection connection = factory.getConnection()) {
            return connection.stringCommands().get(key);
        } catch (RuntimeException ex) {
            // A pool that is waited for clears the flag, which is the caller's to see.
            if (RedisFailures.kindOf(ex) == FailureKind.INTERRUPTED) {
                Thread.currentThread().interrupt();
            }
            throw ex;
        }
    }

    @Override
    public CompletableFuture<Void> set(byte[] key, byte[] value, Duration ttl) {
        try {
            return CompletableFuture.runAsync(() -> write(key, value, ttl), writer);
        } catch (RejectedExecutionException ex) {
            return CompletableFuture.failedFuture(
                    new TierException(FailureKind.OVERLOADED, "Too many writes wait already", ex));
        }
    }

    @Override
    public void flush(Duration atMost) {
        writer.shutdown();
        try {
            if (!writer.awaitTermination(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
                writer.shutdownNow();
            }
        } catch (InterruptedException ex) {
            writer.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private void write(byte[] key, byte[] value, Duration ttl) {
        try (RedisConnection connection = factory.getConnection()) {
            connection.stringCommands().set(key, value, Expiration.milliseconds(ttl.toMillis()), SetOption.upsert());
        }
    }
}
