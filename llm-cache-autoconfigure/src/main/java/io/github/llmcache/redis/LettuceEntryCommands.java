package io.github.llmcache.redis;

import io.lettuce.core.LettuceFutures;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The commands on Lettuce's shared connection, on which a read that follows a write sees it.
 *
 * <p>Asks the native connection, because Spring Data's asynchronous writes go over another one.
 */
final class LettuceEntryCommands implements EntryCommands {

    private final Supplier<RedisClusterAsyncCommands<byte[], byte[]>> connection;
    private final Supplier<CompletableFuture<RedisClusterAsyncCommands<byte[], byte[]>>> connectionLater;
    private final long timeoutNanos;
    private final Set<CompletableFuture<?>> writes = ConcurrentHashMap.newKeySet();

    LettuceEntryCommands(
            Supplier<RedisClusterAsyncCommands<byte[], byte[]>> connection,
            Supplier<CompletableFuture<RedisClusterAsyncCommands<byte[], byte[]>>> connectionLater,
            Duration timeout) {
        this.connection = connection;
        this.connectionLater = connectionLater;
        this.timeoutNanos = timeout.toNanos();
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        return LettuceFutures.awaitOrCancel(connection.get().get(key), timeoutNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public CompletableFuture<Void> set(byte[] key, byte[] value, Duration ttl) {
        SetArgs expiry = SetArgs.Builder.px(ttl.toMillis());
        CompletableFuture<String> write = connectionLater.get().thenCompose(redis -> redis.set(key, value, expiry));
        writes.add(write);
        return write.handle((reply, failure) -> {
            writes.remove(write);
            if (failure != null) {
                throw new CompletionException(failure);
            }
            return null;
        });
    }

    @Override
    public void flush(Duration atMost) {
        try {
            CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new))
                    .get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException ex) {
            // Whoever asked for the write is told.
        }
    }
}
