package io.github.llmcache.redis;

import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.ZAddArgs;
import io.lettuce.core.cluster.api.async.RedisAdvancedClusterAsyncCommands;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
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

    /**
     * Of the scripts that have to keep their order those that the server has run. A server that replaces it may not know
     * them.
     */
    private final Set<Script> known = ConcurrentHashMap.newKeySet();

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
    public @Nullable TimedValue getTimed(byte[] key) {
        TimedReplies replies = TimedReplies.ask(connection.get(), key);
        byte[] value = LettuceFutures.awaitOrCancel(replies.value(), timeoutNanos, TimeUnit.NANOSECONDS);
        return TimedValue.of(value, replies.pttlNow());
    }

    @Override
    public CompletableFuture<@Nullable TimedValue> getTimedLater(byte[] key) {
        return send(redis -> {
            TimedReplies replies = TimedReplies.ask(redis, key);
            return replies.value().thenApply(value -> TimedValue.of(value, replies.pttlNow()));
        });
    }

    /**
     * Two commands that are sent one after the other. A change of the key between them makes the two disagree, but is
     * told as a change, so that nobody keeps the value.
     */
    private record TimedReplies(RedisFuture<Long> pttl, RedisFuture<byte[]> value) {

        static TimedReplies ask(RedisClusterAsyncCommands<byte[], byte[]> redis, byte[] key) {
            return new TimedReplies(redis.pttl(key), redis.get(key));
        }

        /** What came before the value; null where a server that moved the key to another one made it come later. */
        @Nullable
        Long pttlNow() {
            try {
                return pttl.toCompletableFuture().getNow(null);
            } catch (CompletionException | CancellationException ex) {
                return null;
            }
        }
    }

    @Override
    public CompletableFuture<byte @Nullable []> getLater(byte[] key) {
        return send(redis -> redis.get(key));
    }

    @Override
    public CompletableFuture<List<byte @Nullable []>> getAll(List<byte[]> keys) {
        return send(redis -> redis.mget(keys.toArray(byte[][]::new))).thenApply(values -> {
            List<byte @Nullable []> found = new ArrayList<>();
            values.forEach(value -> found.add(value.getValueOrElse(null)));
            return found;
        });
    }

    @Override
    public CompletableFuture<Void> delete(byte[] key) {
        return send(redis -> redis.del(key)).thenApply(deleted -> null);
    }

    @Override
    public byte @Nullable [] getField(byte[] hash, byte[] field) {
        return LettuceFutures.awaitOrCancel(connection.get().hget(hash, field), timeoutNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public CompletableFuture<List<byte @Nullable []>> getFields(byte[] hash, List<byte[]> fields) {
        return send(redis -> redis.hmget(hash, fields.toArray(byte[][]::new))).thenApply(values -> {
            List<byte @Nullable []> found = new ArrayList<>();
            values.forEach(value -> found.add(value.getValueOrElse(null)));
            return found;
        });
    }

    @Override
    public CompletableFuture<Void> setField(byte[] hash, byte[] field, byte[] value, Duration ttl) {
        return send(redis -> redis.hset(hash, field, value))
                .exceptionallyCompose(failure -> RedisFailures.kindOf(failure) == FailureKind.WRONG_TYPE
                        ? send(redis -> redis.del(hash))
                                .thenCompose(gone -> send(redis -> redis.hset(hash, field, value)))
                        : CompletableFuture.failedFuture(failure))
                // Where the server does not know it, readers know the entry's end all the same.
                .thenCompose(added -> send(redis -> redis.hpexpire(hash, ttl.toMillis(), field))
                        .<@Nullable Object>handle((done, failure) -> null))
                .thenCompose(done -> send(redis -> redis.pttl(hash)))
                .thenCompose(left -> left < ttl.toMillis()
                        ? send(redis -> redis.pexpire(hash, ttl.toMillis()))
                        : CompletableFuture.completedFuture(false))
                .thenApply(expiring -> null);
    }

    @Override
    public CompletableFuture<Void> deleteField(byte[] hash, byte[] field) {
        return send(redis -> redis.hdel(hash, field)).thenApply(deleted -> null);
    }

    @Override
    public CompletableFuture<Void> index(byte[] index, byte[] member, Duration ttl) {
        long end = System.currentTimeMillis() + ttl.toMillis();
        return send(redis -> redis.zadd(index, ZAddArgs.Builder.gt(), (double) end, member))
                .thenCompose(added -> send(redis -> redis.pttl(index)))
                .thenCompose(left -> left < ttl.toMillis()
                        ? send(redis -> redis.pexpire(index, ttl.toMillis()))
                        : CompletableFuture.completedFuture(false))
                .thenApply(expiring -> null);
    }

    @Override
    public CompletableFuture<List<@Nullable Object>> run(Script script, List<byte[]> keys, byte[]... arguments) {
        byte[][] names = keys.toArray(byte[][]::new);
        if (script.isOrdered() && !known.contains(script)) {
            // Sent again because the server does not know it, it would come after the reads that follow.
            return eval(script, names, arguments).thenApply(answer -> {
                known.add(script);
                return answer;
            });
        }
        return send(redis ->
                        redis.<List<@Nullable Object>>evalsha(script.sha1(), ScriptOutputType.MULTI, names, arguments))
                .exceptionallyCompose(failure -> {
                    if (!RedisFailures.isUnknownScript(failure)) {
                        return CompletableFuture.failedFuture(failure);
                    }
                    known.remove(script);
                    return eval(script, names, arguments);
                });
    }

    private CompletableFuture<List<@Nullable Object>> eval(Script script, byte[][] names, byte[]... arguments) {
        return send(
                redis -> redis.<List<@Nullable Object>>eval(script.text(), ScriptOutputType.MULTI, names, arguments));
    }

    /**
     * Sends a command, which Lettuce itself bounds by the timeout; so the connection alone has to be waited for, where
     * the very first attempt is under way.
     */
    private <T extends @Nullable Object> CompletableFuture<T> send(
            Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> command) {
        CompletableFuture<RedisClusterAsyncCommands<byte[], byte[]>> ready = connectionLater.get();
        if (!ready.isDone()) {
            ready = ready.copy()
                    .orTimeout(timeoutNanos, TimeUnit.NANOSECONDS)
                    .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                            failure instanceof TimeoutException
                                    ? new TierException(FailureKind.CONNECTING, "Not connected yet", failure)
                                    : failure));
        }
        return ready.thenCompose(command);
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
    public boolean spansKeys() {
        CompletableFuture<RedisClusterAsyncCommands<byte[], byte[]>> ready = connectionLater.get();
        return ready.isDone()
                && !ready.isCompletedExceptionally()
                && !(ready.join() instanceof RedisAdvancedClusterAsyncCommands);
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
