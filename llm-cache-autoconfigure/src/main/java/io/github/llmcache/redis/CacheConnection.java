package io.github.llmcache.redis;

import io.github.llmcache.tier.TierException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.util.ClassUtils;

/**
 * The cache's own connection to Redis, derived from the user's connection factory: the same servers, TLS and
 * credentials, but other timeouts, so that a slow Redis delays no caller for longer than the cache's timeout.
 *
 * <p>It connects when it is started, or when something is asked of it. With Lettuce that happens in the background: no caller
 * ever waits for a connection for longer than the timeout. Jedis, and a connection factory
 * of any other kind, which is used as it is, are asked by threads of the cache's own, for which callers wait no longer
 * than the timeout. Thread-safe.
 */
public abstract class CacheConnection implements AutoCloseable {

    private static final Log log = LogFactory.getLog(CacheConnection.class);

    /** How long an application that ends waits for the answers that are on their way to Redis. */
    static final Duration FLUSH = Duration.ofSeconds(1);

    private static final boolean LETTUCE = isPresent("io.lettuce.core.RedisClient");
    private static final boolean JEDIS = isPresent("redis.clients.jedis.Jedis");

    private final String server;
    private final Duration timeout;
    private final RedisFailureLog failureLog;
    private final ScriptAccess scripts;
    private final FieldExpiry fieldExpiry = new FieldExpiry();
    private final InstantSource clock;
    private final CacheThreads threads = new CacheThreads();
    private final PendingWrites pendingWrites = new PendingWrites();
    private final Object starting = new Object();

    /** What begins when this is started; null from then on. */
    private volatile @Nullable List<Runnable> beginnings = new ArrayList<>();

    CacheConnection(String server, Duration timeout, InstantSource clock) {
        this.server = server;
        this.timeout = timeout;
        this.clock = clock;
        this.failureLog = new RedisFailureLog(server, clock);
        this.scripts = new ScriptAccess(failureLog);
    }

    /**
     * Makes a connection, which the caller starts, or which the first who asks something of the cache does.
     *
     * @param users the user's connection factory, which stays as it is
     * @param timeout how long a command may take, positive
     * @param clock tells the time by which warnings are spaced and entries in hashes end
     * @return the connection, to be closed by the caller
     */
    public static CacheConnection derivedFrom(RedisConnectionFactory users, Duration timeout, InstantSource clock) {
        if (LETTUCE && LettuceCacheConnection.derives(users)) {
            return LettuceCacheConnection.of(users, timeout, clock);
        }
        if (JEDIS && JedisCacheConnection.derives(users)) {
            return JedisCacheConnection.of(users, timeout, clock);
        }
        return new GivenCacheConnection(users, timeout, clock);
    }

    /**
     * Begins to connect, and to read in the background what is read there, without waiting for the server. Does nothing the
     * second time, or after the end.
     */
    public final void start() {
        if (beginnings == null) {
            return;
        }
        synchronized (starting) {
            List<Runnable> begun = beginnings;
            if (begun != null && isOpened()) {
                beginnings = null;
                begun.forEach(CacheConnection::begin);
            }
        }
    }

    /** Where there is no thread left to connect with, whoever asked is not to fail, and the next one tries again. */
    private boolean isOpened() {
        try {
            open();
            return true;
        } catch (RuntimeException | OutOfMemoryError ex) {
            log.warn("Connecting to Redis at " + server + " could not begin: calls go on without the cache.", ex);
            return false;
        }
    }

    private static void begin(Runnable task) {
        try {
            task.run();
        } catch (RejectedExecutionException ex) {
            // It has ended before it began.
        } catch (RuntimeException | OutOfMemoryError ex) {
            log.warn("What the cache reads in the background could not begin to be read.", ex);
        }
    }

    /** Begins to connect, where that is not done anew for each question. */
    void open() {}

    /** Runs a task, which must not block, when this is started; at once if it is. */
    void onStart(Runnable task) {
        synchronized (starting) {
            List<Runnable> waiting = beginnings;
            if (waiting != null) {
                waiting.add(task);
                return;
            }
        }
        begin(task);
    }

    /** The server, for people: host and port, or what stands for it; never a password. */
    public String server() {
        return server;
    }

    /** How long a command may take. */
    Duration timeout() {
        return timeout;
    }

    /** The factory of connections for everything but single entries; throws at once while there is no connection. */
    public abstract RedisConnectionFactory factory();

    abstract EntryCommands commands();

    /** Whether keys lie apart by their hash tags, or may do so for all that is known; does not change. */
    boolean isCluster() {
        return !commands().spansKeys();
    }

    abstract KeyScanner scanner();

    /** Makes a client, to be closed by the caller, to which the servers tell what changes; null where there is no way. */
    @Nullable
    TrackingClient trackingClient() {
        return null;
    }

    /** Takes all keys away that match a pattern, and tells how many there were. */
    long unlinkAll(RedisConnection redis, String pattern) {
        AtomicLong removed = new AtomicLong();
        scanner().scanAll(redis, pattern, KeyScanner.COUNT, batch -> {
            if (!batch.isEmpty()) {
                Long unlinked = redis.keyCommands().unlink(batch.toArray(byte[][]::new));
                removed.addAndGet(unlinked == null ? 0 : unlinked);
            }
            return true;
        });
        return removed.get();
    }

    RedisFailureLog failureLog() {
        return failureLog;
    }

    /** Tells what went wrong, and says so in the log. */
    TierException failed(Throwable failure) {
        TierException translated = RedisFailures.translate(failure);
        failureLog.failed(translated.kind(), failure);
        return translated;
    }

    /** Whether Redis runs scripts for this user. */
    ScriptAccess scripts() {
        return scripts;
    }

    /** How the server lets fields of hashes expire. */
    FieldExpiry fieldExpiry() {
        return fieldExpiry;
    }

    /** Tells the time by which entries are judged. */
    InstantSource clock() {
        return clock;
    }

    /** The cache's threads, for what is not done on the caller's or on the client's. */
    CacheThreads threads() {
        return threads;
    }

    /** The stores that take several steps. */
    PendingWrites pendingWrites() {
        return pendingWrites;
    }

    /**
     * Listens to a channel, without waiting until that has begun.
     *
     * @param channel the channel
     * @param message takes each message; must not block
     * @param subscribed runs each time that listening has begun, after which no message is missed; must not block
     * @return the subscription, which ends with this connection; one that is never active where the client has none
     */
    Subscription subscribe(byte[] channel, Consumer<byte[]> message, Runnable subscribed) {
        return Subscription.NONE;
    }

    /**
     * Hears when the line ends on which entries are read, where that is one and can be heard: the next may lead to another
     * server.
     *
     * @param listener runs each time; must not block
     */
    void onDisconnected(Runnable listener) {}

    /**
     * Hears when the line on which entries are read stands, the first time and again, where that can be heard.
     *
     * @param listener runs each time; must not block
     */
    void onConnected(Runnable listener) {}

    /** Waits two seconds at most for the writes that are on their way, and disconnects. */
    @Override
    public void close() {
        synchronized (starting) {
            beginnings = null;
        }
        pendingWrites.await(FLUSH);
        commands().flush(FLUSH);
        threads.close();
        disconnect();
    }

    abstract void disconnect();

    private static boolean isPresent(String type) {
        return ClassUtils.isPresent(type, CacheConnection.class.getClassLoader());
    }
}
