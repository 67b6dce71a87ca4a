package io.github.llmcache.redis;

import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStringCommands.SetOption;
import org.springframework.data.redis.connection.RedisZSetCommands.ZAddArgs;
import org.springframework.data.redis.connection.ReturnType;
import org.springframework.data.redis.core.types.Expiration;

/**
 * The commands over any connection factory, such as Jedis': reads wait for one of a few threads, writes of entries in a
 * short queue for a thread of their own.
 *
 * <p>So a caller waits no longer than the timeout, whatever time the client takes for its pool, for connecting, for
 * greeting the server, for finding the right one, and for the answer, each of which may take as long.
 */
final class BlockingEntryCommands implements EntryCommands {

    /** As many answers as a burst of model calls gives; past it a write is dropped rather than waited for. */
    private static final int QUEUE = 256;

    private final RedisConnectionFactory factory;
    private final boolean spansKeys;
    private final ReaderThreads readers;
    private final ExecutorService writer;

    BlockingEntryCommands(RedisConnectionFactory factory, boolean spansKeys, Duration timeout) {
        this.factory = factory;
        this.spansKeys = spansKeys;
        this.readers = new ReaderThreads(timeout);
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
        return await(getLater(key));
    }

    private static <T extends @Nullable Object> T await(CompletableFuture<T> reply) {
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
        return ask(redis -> redis.stringCommands().get(key));
    }

    @Override
    public CompletableFuture<List<byte @Nullable []>> getAll(List<byte[]> keys) {
        return ask(redis -> Objects.requireNonNull(redis.stringCommands().mGet(keys.toArray(byte[][]::new))));
    }

    @Override
    public CompletableFuture<Void> delete(byte[] key) {
        return ask(redis -> redis.keyCommands().del(key)).thenApply(deleted -> null);
    }

    @Override
    public byte @Nullable [] getField(byte[] hash, byte[] field) {
        return await(ask(redis -> redis.hashCommands().hGet(hash, field)));
    }

    @Override
    public CompletableFuture<List<byte @Nullable []>> getFields(byte[] hash, List<byte[]> fields) {
        return ask(redis -> Objects.requireNonNull(redis.hashCommands().hMGet(hash, fields.toArray(byte[][]::new))));
    }

    @Override
    public CompletableFuture<Void> setField(byte[] hash, byte[] field, byte[] value, Duration ttl) {
        return ask(redis -> {
                    try {
                        redis.hashCommands().hSet(hash, field, value);
                    } catch (RuntimeException ex) {
                        if (RedisFailures.kindOf(ex) != FailureKind.WRONG_TYPE) {
                            throw ex;
                        }
                        redis.keyCommands().del(hash);
                        redis.hashCommands().hSet(hash, field, value);
                    }
                    try {
                        redis.hashCommands().hpExpire(hash, ttl.toMillis(), field);
                    } catch (RuntimeException ex) {
                        // Where the server does not know it, readers know the entry's end all the same.
                    }
                    Long left = redis.keyCommands().pTtl(hash);
                    return left != null && left < ttl.toMillis()
                            ? redis.keyCommands().pExpire(hash, ttl.toMillis())
                            : null;
                })
                .thenApply(expiring -> null);
    }

    @Override
    public CompletableFuture<Void> deleteField(byte[] hash, byte[] field) {
        return ask(redis -> redis.hashCommands().hDel(hash, field)).thenApply(deleted -> null);
    }

    @Override
    public CompletableFuture<Void> index(byte[] index, byte[] member, Duration ttl) {
        return ask(redis -> {
                    long end = System.currentTimeMillis() + ttl.toMillis();
                    redis.zSetCommands()
                            .zAdd(index, end, member, ZAddArgs.empty().gt());
                    Long left = redis.keyCommands().pTtl(index);
                    return left != null && left < ttl.toMillis()
                            ? redis.keyCommands().pExpire(index, ttl.toMillis())
                            : null;
                })
                .thenApply(expiring -> null);
    }

    @Override
    public CompletableFuture<List<@Nullable Object>> run(Script script, List<byte[]> keys, byte[]... arguments) {
        byte[][] keysAndArguments =
                Stream.concat(keys.stream(), Arrays.stream(arguments)).toArray(byte[][]::new);
        return ask(redis -> {
            try {
                return answer(redis.scriptingCommands()
                        .evalSha(RedisKeys.bytes(script.sha1()), ReturnType.MULTI, keys.size(), keysAndArguments));
            } catch (RuntimeException ex) {
                if (!RedisFailures.isUnknownScript(ex)) {
                    throw ex;
                }
                return answer(redis.scriptingCommands()
                        .eval(RedisKeys.bytes(script.text()), ReturnType.MULTI, keys.size(), keysAndArguments));
            }
        });
    }

    private static List<@Nullable Object> answer(@Nullable List<@Nullable Object> answer) {
        return Objects.requireNonNull(answer);
    }

    private <T extends @Nullable Object> CompletableFuture<T> ask(Function<RedisConnection, T> question) {
        return readers.ask(() -> {
            try (RedisConnection connection = factory.getConnection()) {
                return question.apply(connection);
            }
        });
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
    public boolean spansKeys() {
        return spansKeys;
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
        readers.close();
    }

    private void write(byte[] key, byte[] value, Duration ttl) {
        try (RedisConnection connection = factory.getConnection()) {
            connection.stringCommands().set(key, value, Expiration.milliseconds(ttl.toMillis()), SetOption.upsert());
        }
    }
}
