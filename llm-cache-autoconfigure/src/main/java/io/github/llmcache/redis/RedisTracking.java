package io.github.llmcache.redis;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CacheLayout;
import io.github.llmcache.tier.InvalidationListener;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Lets a tier in memory know what changes in Redis: asks every server that has entries to tell of all keys of all caches
 * (RESP3 {@code CLIENT TRACKING} with {@code BCAST}), and asks twice a second whether it still does.
 *
 * <p>Works on one thread of its own, which reconnects whatever is lost. Nothing waits for it, and nothing fails with it:
 * without it, answers are read from Redis. Thread-safe.
 */
public final class RedisTracking implements AutoCloseable {

    private static final Log log = LogFactory.getLog(RedisTracking.class);

    private static final Duration TICK = Duration.ofMillis(250);

    /** How long a server that refuses is left alone. */
    private static final Duration REFUSED = Duration.ofMinutes(1);

    /** How long one is left alone that does not know the user: that is mended by hand, and the answers wait for it. */
    private static final Duration CREDENTIALS = Duration.ofSeconds(1);

    private final CacheConnection connection;
    private final RedisKeys keys;
    private final CacheCatalog catalog;
    private final InvalidationListener listener;
    private final ScheduledExecutorService ticker;
    private @Nullable TrackingClient client;
    private volatile @Nullable TrackingSession session;
    private long connectAt = System.nanoTime();
    private boolean beats;
    private boolean refusalSaid;

    /**
     * Creates the tracking, which begins in the background when the connection is started.
     *
     * @param connection the cache's connection, whose servers are tracked
     * @param keys makes the keys in Redis
     * @param catalog the caches; those that become known later are tracked from then on
     * @param listener is told what changes
     */
    public RedisTracking(
            CacheConnection connection, RedisKeys keys, CacheCatalog catalog, InvalidationListener listener) {
        this.connection = connection;
        this.keys = keys;
        this.catalog = catalog;
        this.listener = listener;
        this.ticker = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "llm-cache-redis-tracking");
            thread.setDaemon(true);
            return thread;
        });
        // Entries may be read from another server next, of which this session knows nothing.
        connection.onDisconnected(() -> {
            TrackingSession open = session;
            if (open != null) {
                open.broken();
            }
        });
        connection.onStart(this::begin);
    }

    private void begin() {
        ticker.scheduleWithFixedDelay(this::tick, 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Stops, after which the listener is told of nothing and serves nothing. */
    @Override
    public void close() {
        ticker.shutdownNow();
        try {
            // Connecting is bounded, and ends at once when it is interrupted.
            ticker.awaitTermination(3, TimeUnit.SECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
        TrackingSession open = session;
        if (open != null) {
            open.close();
        }
        TrackingClient opened = client;
        if (opened != null) {
            opened.close();
        }
    }

    private void tick() {
        TrackingSession open = session;
        try {
            if (open == null || !open.isOpen()) {
                if (open != null) {
                    open.close();
                    session = null;
                }
                if (System.nanoTime() - connectAt >= 0) {
                    connect();
                }
            } else {
                open.add(caches());
                beats = !beats;
                if (beats) {
                    open.beat();
                }
            }
        } catch (Exception | LinkageError ex) {
            if (open != null) {
                open.close();
            }
            failed(ex);
        }
    }

    private void connect() throws Exception {
        TrackingClient opener = client;
        if (opener == null) {
            opener = connection.trackingClient();
            client = opener;
        }
        if (opener == null) {
            log.info("Answers are not kept in the memory of this JVM, because the connection to " + connection.server()
                    + " does not let Redis tell what changes: that takes Lettuce, and reads from no replica.");
            ticker.shutdown();
            return;
        }
        session = TrackingSession.open(opener, keys, catalog, caches(), listener);
    }

    /** A hash that has changed does not tell which of its fields has, so its answers are kept in no memory. */
    private Set<String> caches() {
        Set<String> caches = new TreeSet<>(catalog.names());
        caches.removeIf(cache -> catalog.settingsOf(cache).layout() == CacheLayout.HASH);
        return caches;
    }

    private void failed(Throwable failure) {
        if (RedisFailures.isCredentials(failure)) {
            // Told by the connection of the answers, which has the same.
            connectAt = System.nanoTime() + CREDENTIALS.toNanos();
            return;
        }
        String refusal = RedisFailures.refusalOf(failure);
        if (refusal == null) {
            log.debug("Redis at " + connection.server() + " can't be tracked: "
                    + failure.getClass().getName());
            return;
        }
        connectAt = System.nanoTime() + REFUSED.toNanos();
        if (!refusalSaid) {
            refusalSaid = true;
            log.warn("Answers are not kept in the memory of this JVM, because Redis at " + connection.server()
                    + " refuses to tell what changes (" + refusal
                    + "). It takes Redis 6 or newer, and a user that may run HELLO and CLIENT TRACKING; or set"
                    + " llm-cache.near.enabled=false. It is tried again once a minute. This is said once.");
        }
    }
}
