package io.github.llmcache.redis;

import io.github.llmcache.tier.FailureKind;
import io.lettuce.core.pubsub.api.async.RedisPubSubAsyncCommands;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.Message;
import org.springframework.data.redis.connection.MessageListener;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.SubscriptionListener;

/**
 * A channel that is listened to over a connection of its own, opened in the background. Once it stands, Lettuce itself
 * reconnects and subscribes again.
 */
final class LettuceSubscription implements Subscription, AutoCloseable {

    private static final Log log = LogFactory.getLog(LettuceSubscription.class);

    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration PROBE = Duration.ofSeconds(1);
    private static final Duration RETRY_DENIED = Duration.ofMinutes(1);

    private final RedisConnectionFactory factory;
    private final CacheThreads threads;
    private final byte[] channel;
    private final Listener listener;
    private final Runnable refused;
    private final AtomicLong probedAt = new AtomicLong(System.nanoTime());
    private volatile @Nullable RedisPubSubAsyncCommands<?, ?> commands;
    private @Nullable RedisConnection redis;
    private @Nullable Attempt connecting;
    private boolean closed;

    LettuceSubscription(
            RedisConnectionFactory factory,
            CacheThreads threads,
            byte[] channel,
            Consumer<byte[]> message,
            Runnable subscribed,
            Runnable refused) {
        this.refused = refused;
        this.factory = factory;
        this.threads = threads;
        this.channel = channel;
        this.listener = new Listener(message, subscribed);
    }

    void open() {
        Attempt attempt = new Attempt(this::connect);
        synchronized (this) {
            if (closed) {
                return;
            }
            connecting = attempt;
        }
        threads.completions().execute(attempt);
    }

    @Override
    public boolean isActive() {
        RedisPubSubAsyncCommands<?, ?> current = commands;
        if (current == null || !current.getStatefulConnection().isOpen()) {
            return false;
        }
        probe(current);
        return true;
    }

    /**
     * Who relies on being told asks whether the server is still there: a line that swallows everything looks like one on
     * which nothing happens. A line without an answer is closed, and those who wait are told when a new one stands.
     */
    private void probe(RedisPubSubAsyncCommands<?, ?> current) {
        long now = System.nanoTime();
        long last = probedAt.get();
        if (now - last >= PROBE.toNanos() && probedAt.compareAndSet(last, now)) {
            current.ping();
        }
    }

    @Override
    public void close() {
        RedisConnection current;
        Attempt pending;
        synchronized (this) {
            closed = true;
            commands = null;
            current = redis;
            redis = null;
            pending = connecting;
            connecting = null;
        }
        if (pending != null) {
            // A client that is closed never ends the attempts to connect that are under way.
            pending.end();
        }
        if (current != null) {
            current.close();
        }
    }

    private void connect() {
        if (isClosed()) {
            return;
        }
        RedisConnection opened = null;
        try {
            opened = factory.getConnection();
            opened.subscribe(listener, channel);
            if (keep(opened)) {
                listener.subscribed.run();
            } else {
                opened.close();
            }
        } catch (RuntimeException ex) {
            if (opened != null) {
                opened.close();
            }
            if (!isClosed()) {
                boolean denied = RedisFailures.kindOf(ex) == FailureKind.DENIED;
                if (denied) {
                    refused.run();
                }
                threads.after(denied ? RETRY_DENIED : RETRY, this::open);
            }
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized boolean keep(RedisConnection opened) {
        if (closed) {
            return false;
        }
        redis = opened;
        if (opened.getNativeConnection() instanceof RedisPubSubAsyncCommands<?, ?> listening) {
            commands = listening;
        }
        return true;
    }

    /** An attempt to listen, which can be ended from without. */
    private static final class Attempt implements Runnable {

        private final FutureTask<?> task;
        private final CountDownLatch ended = new CountDownLatch(1);

        Attempt(Runnable connect) {
            this.task = new FutureTask<>(connect, null);
        }

        @Override
        public void run() {
            try {
                task.run();
            } finally {
                ended.countDown();
            }
        }

        /**
         * Interrupts the attempt, and waits a moment for its end: it may be closing what it has opened, for which it would
         * wait for ever, without heed to interrupts, once the client's threads are gone.
         */
        void end() {
            task.cancel(true);
            try {
                if (!ended.await(CacheConnection.FLUSH.toNanos(), TimeUnit.NANOSECONDS)) {
                    log.debug("An attempt to listen did not end");
                }
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private record Listener(Consumer<byte[]> message, Runnable subscribed)
            implements MessageListener, SubscriptionListener {

        @Override
        public void onMessage(Message told, byte @Nullable [] pattern) {
            message.accept(told.getBody());
        }

        @Override
        public void onChannelSubscribed(byte[] name, long count) {
            subscribed.run();
        }
    }
}
