package io.github.llmcache.redis;

import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.cluster.api.async.RedisAdvancedClusterAsyncCommands;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeansException;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * One shared Lettuce connection of the cache's own, made in the background once it is started.
 *
 * <p>Spring Data connects under one lock, so callers of a server that does not answer would wait one after another;
 * here they are refused at once until the connection stands. Only while the very first attempt is under way they wait for
 * its end, each for the timeout at most, so that the first calls after a start find the cache. Once the connection stands,
 * Lettuce itself reconnects, and rejects commands meanwhile.
 */
final class LettuceCacheConnection extends CacheConnection {

    private static final Log log = LogFactory.getLog(LettuceCacheConnection.class);

    private static final Duration RETRY = Duration.ofMillis(250);

    /** A client that could not be made is tried again: what it needs, such as credentials, may come. */
    private static final Duration REMAKE = Duration.ofSeconds(30);

    /** Longer than connecting and the handshake may take; callers do not wait for what hangs before them. */
    private static final Duration LONGEST_FIRST_ATTEMPT = Duration.ofSeconds(5);

    /** How often the server is asked whether it is there. */
    private static final Duration PROBE = Duration.ofSeconds(1);

    private final LettuceConnectionFactory users;
    private final RedisConfiguration servers;
    private final Duration timeout;
    private final RedisConnectionFactory gated;
    private final EntryCommands commands;
    private final KeyScanner scanner;
    private final ScheduledExecutorService connector;
    private final List<LettuceSubscription> subscriptions = new CopyOnWriteArrayList<>();
    private final List<Runnable> disconnectionListeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> connectionListeners = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Boolean> firstAttempt = new CompletableFuture<>();
    private final Object making = new Object();
    private long remakeAt = System.nanoTime();
    private @Nullable Throwable notMade;
    private volatile @Nullable DerivedLettuce own;
    private volatile boolean closed;
    private volatile @Nullable Future<?> probing;
    private volatile @Nullable RedisClusterAsyncCommands<byte[], byte[]> connection;
    private volatile FailureKind lastFailure = FailureKind.CONNECTION;
    private volatile @Nullable Throwable lastCause;

    private LettuceCacheConnection(
            LettuceConnectionFactory users, RedisConfiguration servers, Duration timeout, InstantSource clock) {
        super(ServerName.of(servers), timeout, clock);
        this.users = users;
        this.servers = servers;
        this.timeout = timeout;
        this.gated = new GatedConnectionFactory(users, () -> own().factory(), this::connection);
        this.commands = new LettuceEntryCommands(this::connection, this::connectionLater, timeout);
        this.scanner = new LettuceKeyScanner(this::connection, timeout);
        this.connector = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "llm-cache-redis-connector");
            thread.setDaemon(true);
            return thread;
        });
    }

    static boolean derives(RedisConnectionFactory users) {
        return users instanceof LettuceConnectionFactory factory && configurationOf(factory) != null;
    }

    static CacheConnection of(RedisConnectionFactory users, Duration timeout, InstantSource clock) {
        LettuceConnectionFactory theirs = (LettuceConnectionFactory) users;
        return new LettuceCacheConnection(theirs, Objects.requireNonNull(configurationOf(theirs)), timeout, clock);
    }

    /**
     * The servers that a factory connects to, or null if it does not let them be seen.
     *
     * <p>Its getters would do for all but a static master with replicas, for which they answer localhost: asking the
     * wrong server is worse than a look at a field.
     */
    private static @Nullable RedisConfiguration configurationOf(LettuceConnectionFactory factory) {
        try {
            return (RedisConfiguration) new DirectFieldAccessor(factory).getPropertyValue("configuration");
        } catch (BeansException | ClassCastException ex) {
            return null;
        }
    }

    @Override
    void open() {
        connector.scheduleWithFixedDelay(this::connect, 0, RETRY.toMillis(), TimeUnit.MILLISECONDS);
        Future<?> bound = threads().after(LONGEST_FIRST_ATTEMPT, () -> firstAttempt.complete(false));
        firstAttempt.whenComplete((ended, failure) -> bound.cancel(false));
    }

    /**
     * The client of the cache's own, made by the first who asks, who is no caller: loading its classes takes longer than the
     * timeout.
     */
    private DerivedLettuce own() {
        DerivedLettuce made = own;
        if (made != null) {
            return made;
        }
        synchronized (making) {
            made = own;
            return made != null ? made : make();
        }
    }

    private DerivedLettuce make() {
        if (closed) {
            throw new TierException(FailureKind.CONNECTION, "Closed", null);
        }
        if (System.nanoTime() - remakeAt < 0) {
            throw new TierException(FailureKind.CONNECTION, "The client could not be made", notMade);
        }
        DerivedLettuce made;
        try {
            made = DerivedLettuce.from(users.getClientConfiguration(), servers, timeout);
        } catch (RuntimeException | LinkageError ex) {
            remakeAt = System.nanoTime() + REMAKE.toNanos();
            notMade = ex;
            log.warn(
                    "The client for Redis at " + server()
                            + " could not be made, so calls go on without the cache. It is tried again every "
                            + REMAKE.toSeconds() + " s.",
                    ex);
            throw new TierException(FailureKind.CONNECTION, "The client could not be made", ex);
        }
        own = made;
        if (closed) {
            // Closed meanwhile, by one that does not wait for this.
            made.close();
        }
        return made;
    }

    @Override
    public RedisConnectionFactory factory() {
        return gated;
    }

    @Override
    EntryCommands commands() {
        return commands;
    }

    @Override
    boolean isCluster() {
        return servers instanceof RedisClusterConfiguration;
    }

    @Override
    KeyScanner scanner() {
        return scanner;
    }

    @Override
    @Nullable
    TrackingClient trackingClient() {
        return LettuceTrackingClient.of(servers, users.getClientConfiguration(), own().resources());
    }

    @Override
    Subscription subscribe(byte[] channel, Consumer<byte[]> message, Runnable subscribed) {
        LettuceSubscription subscription =
                new LettuceSubscription(gated, threads(), channel, message, subscribed, () -> failureLog()
                        .denied(
                                "listen to the channel " + new String(channel, StandardCharsets.UTF_8),
                                "calls that wait for another JVM's answer look for it ten times a second. Allow"
                                        + " SUBSCRIBE and the channel."));
        subscriptions.add(subscription);
        subscription.open();
        return subscription;
    }

    @Override
    void onDisconnected(Runnable listener) {
        disconnectionListeners.add(listener);
    }

    @Override
    void onConnected(Runnable listener) {
        connectionListeners.add(listener);
    }

    @Override
    void disconnect() {
        closed = true;
        Future<?> probes = probing;
        if (probes != null) {
            probes.cancel(false);
        }
        subscriptions.forEach(LettuceSubscription::close);
        connector.shutdownNow();
        DerivedLettuce made = own;
        // Of an attempt that never was.
        firstAttempt.complete(false);
        if (made != null) {
            made.close();
        }
    }

    /** The connection; a caller that comes while the very first attempt is under way waits for its end, bounded. */
    private RedisClusterAsyncCommands<byte[], byte[]> connection() {
        if (connection == null) {
            start();
            awaitFirstAttempt();
        }
        return connectionOrThrow();
    }

    /** The connection, for those who need not wait: what is written during the first attempt is written after it. */
    private CompletableFuture<RedisClusterAsyncCommands<byte[], byte[]>> connectionLater() {
        RedisClusterAsyncCommands<byte[], byte[]> current = connection;
        if (current != null) {
            return CompletableFuture.completedFuture(current);
        }
        start();
        return firstAttempt.thenApply(ended -> connectionOrThrow());
    }

    private RedisClusterAsyncCommands<byte[], byte[]> connectionOrThrow() {
        RedisClusterAsyncCommands<byte[], byte[]> current = connection;
        if (current == null) {
            FailureKind kind = firstAttempt.isDone() ? lastFailure : FailureKind.CONNECTING;
            throw new TierException(kind, "Not connected yet", lastCause);
        }
        return current;
    }

    private void awaitFirstAttempt() {
        try {
            firstAttempt.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new TierException(FailureKind.INTERRUPTED, "Interrupted while connecting", ex);
        } catch (ExecutionException | TimeoutException ex) {
            // Said by whoever asks for the connection.
        }
    }

    @SuppressWarnings("unchecked") // Spring Data's Lettuce connections are of bytes
    private void connect() {
        try {
            try (RedisConnection first = own().factory().getConnection()) {
                connection = watched((RedisClusterAsyncCommands<byte[], byte[]>) first.getNativeConnection());
            }
            connector.shutdown();
            connectionListeners.forEach(Runnable::run);
        } catch (RuntimeException | LinkageError ex) {
            // A server that has just refused the user is not one that is gone.
            boolean told = lastFailure == FailureKind.DENIED && RedisFailures.isHandshake(ex);
            if (!connector.isShutdown() && !told) {
                lastFailure = RedisFailures.kindOf(ex);
                lastCause = ex;
                failureLog().failed(lastFailure, ex);
            }
        } finally {
            firstAttempt.complete(connection != null);
        }
    }

    /**
     * Asks again and again whether the server is there, even if nobody else asks it anything: a line that has gone silent
     * is closed by that. Otherwise a master that froze, and was replaced meanwhile, would be believed when it thaws.
     */
    private RedisClusterAsyncCommands<byte[], byte[]> watched(RedisClusterAsyncCommands<byte[], byte[]> redis) {
        if (redis instanceof RedisAsyncCommands<byte[], byte[]> single) {
            single.getStatefulConnection().addListener(new RedisConnectionStateListener() {
                @Override
                public void onRedisConnected(RedisChannelHandler<?, ?> handler, SocketAddress server) {
                    connectionListeners.forEach(Runnable::run);
                }

                @Override
                @SuppressWarnings("deprecation") // the one that Lettuce calls for every connection
                public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
                    disconnectionListeners.forEach(Runnable::run);
                }
            });
        }
        Future<?> probes = own().resources()
                .eventExecutorGroup()
                .scheduleWithFixedDelay(() -> probe(redis), PROBE.toMillis(), PROBE.toMillis(), TimeUnit.MILLISECONDS);
        probing = probes;
        if (closed) {
            probes.cancel(false);
        }
        return redis;
    }

    private static void probe(RedisClusterAsyncCommands<byte[], byte[]> redis) {
        try {
            if (redis instanceof RedisAdvancedClusterAsyncCommands<byte[], byte[]> cluster) {
                cluster.upstream().commands().ping();
            } else {
                redis.ping();
            }
        } catch (RuntimeException ex) {
            log.debug(
                    "Redis was not asked whether it is there: " + ex.getClass().getName());
        }
    }
}
