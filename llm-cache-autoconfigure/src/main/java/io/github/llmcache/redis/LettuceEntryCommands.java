package io.github.llmcache.redis;

import io.lettuce.core.LettuceFutures;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The commands on Lettuce's shared connection, on which a read that follows a write sees it.
 *
 * <p>Asks the native connection, because Spring Data's asynchronous writes go over another one.
 */
final class LettuceEntryCommands implements EntryCommands {

    private final Supplier<RedisClusterAsyncCommands<byte[], byte[]>> connection;
    private final long timeoutNanos;

    LettuceEntryCommands(Supplier<RedisClusterAsyncCommands<byte[], byte[]>> connection, Duration timeout) {
        this.connection = connection;
        this.timeoutNanos = timeout.toNanos();
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        return LettuceFutures.awaitOrCancel(connection.get().get(key), timeoutNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public CompletableFuture<Void> set(byte[] key, byte[] value, Duration ttl) {
        return connection
                .get()
                .set(key, value, SetArgs.Builder.px(ttl.toMillis()))
                .toCompletableFuture()
                .thenApply(reply -> null);
    }
}
