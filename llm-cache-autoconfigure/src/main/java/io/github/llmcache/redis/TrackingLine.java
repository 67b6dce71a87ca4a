package io.github.llmcache.redis;

import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.TrackingArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.push.PushMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A RESP3 connection on which one server tells what changes.
 *
 * <p>It is never reconnected, since tracking would be gone and nobody would know. Thread-safe.
 */
final class TrackingLine implements AutoCloseable {

    /** How long a server may take for an answer before the line counts as broken. */
    static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final Duration SET_UP = Duration.ofSeconds(2);

    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final Function<RedisAsyncCommands<byte[], byte[]>, CompletionStage<String>> question;
    private final String expected;
    private final TrackingEvents events;
    private volatile long askedAt;
    private volatile boolean waiting;
    private volatile long answeredAsOf;

    /**
     * Takes a connection over.
     *
     * @param connection the connection, which this closes
     * @param question asks the server with each beat for what must not change as long as the line is good
     * @param expected the answer to it
     * @param events is told what the server tells
     */
    TrackingLine(
            StatefulRedisConnection<byte[], byte[]> connection,
            Function<RedisAsyncCommands<byte[], byte[]>, CompletionStage<String>> question,
            String expected,
            TrackingEvents events) {
        this.connection = connection;
        this.question = question;
        this.expected = expected;
        this.events = events;
        this.answeredAsOf = System.nanoTime() - Duration.ofDays(1).toNanos();
        connection.addListener(this::onPush);
        connection.addListener(new RedisConnectionStateListener() {
            @Override
            @SuppressWarnings("deprecation") // the one that Lettuce calls for every connection
            public void onRedisDisconnected(io.lettuce.core.RedisChannelHandler<?, ?> handler) {
                events.broken();
            }
        });
    }

    /** Asks the server to tell of all keys with these beginnings, beside those asked for before; waits for it, bounded. */
    void track(Collection<String> beginnings) throws InterruptedException, ExecutionException, TimeoutException {
        TrackingArgs broadcast = TrackingArgs.Builder.enabled()
                .bcast()
                .prefixes(StandardCharsets.UTF_8, beginnings.toArray(String[]::new));
        connection
                .async()
                .clientTracking(broadcast)
                .toCompletableFuture()
                .get(SET_UP.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Asks the server whether it is still there and still the same; tells the events what becomes of it. */
    void beat() {
        long now = System.nanoTime();
        if (waiting) {
            if (now - askedAt > PATIENCE.toNanos()) {
                events.broken();
            }
            return;
        }
        askedAt = now;
        waiting = true;
        RedisAsyncCommands<byte[], byte[]> redis = connection.async();
        question.apply(redis).whenComplete((answer, failure) -> {
            if (failure != null || !expected.equals(answer)) {
                events.broken();
            }
        });
        // The last of the two: once it is answered, so is the question, and all changes until now have been told.
        redis.ping().whenComplete((pong, failure) -> {
            if (failure != null) {
                events.broken();
                return;
            }
            answeredAsOf = now;
            waiting = false;
            events.answered();
        });
    }

    /** The moment at which the last beat began that was answered, by {@link System#nanoTime()}. */
    long answeredAsOf() {
        return answeredAsOf;
    }

    /** Waits for the end, since a client that is shut down meanwhile would warn of closing twice. */
    @Override
    public void close() {
        try {
            connection.closeAsync().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException ex) {
            // The client closes what is left.
        }
    }

    private void onPush(PushMessage message) {
        try {
            if (message.getType().equals("invalidate")) {
                List<ByteBuffer> keys = keysOf(message.getContent());
                if (keys == null) {
                    events.emptied();
                } else {
                    events.changed(keys);
                }
            }
        } catch (RuntimeException | Error ex) {
            // What could not be read may have been a change.
            events.broken();
        }
    }

    /** The keys that a push names; null stands for all of them. */
    private static @Nullable List<ByteBuffer> keysOf(List<Object> content) {
        List<ByteBuffer> keys = new ArrayList<>();
        for (Object part : content.subList(1, content.size())) {
            if (!(part instanceof List<?> names)) {
                return null;
            }
            for (Object name : names) {
                keys.add((ByteBuffer) name);
            }
        }
        return keys.isEmpty() ? null : keys;
    }
}
