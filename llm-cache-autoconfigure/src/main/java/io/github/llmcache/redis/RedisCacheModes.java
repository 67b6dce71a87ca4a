package io.github.llmcache.redis;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CacheMode;
import io.github.llmcache.engine.CacheModeSwitch;
import io.github.llmcache.engine.CacheModes;
import io.github.llmcache.tier.FailureKind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;

/**
 * The modes of caches, as a hash in Redis says them to all JVMs: a field for each cache that was switched, and {@code *} for
 * all of them.
 *
 * <p>A thread of its own reads the hash twice a second, so that a call asks a map. While Redis does not answer, the caches
 * stay as they are. Calls that come before the first reading wait for it, for twice the timeout at most (the connection,
 * and what is read on it), and pass the cache by if nothing is known then, so that a cache that was switched off answers
 * nobody; the application's start does not wait. Thread-safe.
 */
public final class RedisCacheModes implements CacheModes, CacheModeSwitch, AutoCloseable {

    private static final Log log = LogFactory.getLog(RedisCacheModes.class);

    private static final Duration INTERVAL = Duration.ofMillis(500);
    private static final String ALL = "*";

    private final CacheConnection connection;
    private final CacheCatalog catalog;
    private final byte[] key;
    private final ScheduledThreadPoolExecutor reader;
    private final CountDownLatch firstReading = new CountDownLatch(1);
    private final Object changing = new Object();
    private long changes;

    /** Null until somebody knows. */
    private volatile @Nullable Map<String, CacheMode> switched;

    private @Nullable FailureKind warned;

    /**
     * Creates the modes, which are read when the connection is started.
     *
     * @param connection the cache's connection
     * @param keys makes the key of the hash
     * @param catalog tells the modes of caches that were not switched
     */
    public RedisCacheModes(CacheConnection connection, RedisKeys keys, CacheCatalog catalog) {
        this.connection = connection;
        this.catalog = catalog;
        this.key = RedisKeys.bytes(keys.modes());
        this.reader = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "llm-cache-modes");
            thread.setDaemon(true);
            return thread;
        });
        connection.onStart(this::begin);
    }

    private void begin() {
        reader.scheduleWithFixedDelay(this::read, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public CacheMode modeOf(String cache) {
        Map<String, CacheMode> current = switched;
        if (current == null) {
            current = awaitFirstReading();
            if (current == null) {
                // The cache may be off, and has not even been connected to.
                return CacheMode.OFF;
            }
        }
        if (!current.isEmpty()) {
            CacheMode own = current.get(field(cache));
            CacheMode mode = own != null ? own : current.get(ALL);
            if (mode != null) {
                return mode;
            }
        }
        return catalog.settingsOf(cache).mode();
    }

    @Override
    public @Nullable CacheMode switchedTo(@Nullable String cache) {
        Map<String, CacheMode> current = switched;
        if (current == null) {
            current = awaitFirstReading();
        }
        return current == null ? null : current.get(field(cache));
    }

    @Override
    public void switchTo(@Nullable String cache, @Nullable CacheMode mode) {
        byte[] field = RedisKeys.bytes(field(cache));
        ask(redis -> {
            if (mode == null) {
                redis.hashCommands().hDel(key, field);
            } else {
                redis.hashCommands().hSet(key, field, RedisKeys.bytes(mode.id()));
            }
        });
        synchronized (changing) {
            // A reading that is under way may have been made before.
            changes++;
            Map<String, CacheMode> changed = new HashMap<>(known());
            if (mode == null) {
                changed.remove(field(cache));
            } else {
                changed.put(field(cache), mode);
            }
            switched = Map.copyOf(changed);
        }
    }

    /** Waits for twice the timeout at most; null if nothing was read, and no reading has failed, by then. */
    private @Nullable Map<String, CacheMode> awaitFirstReading() {
        connection.start();
        try {
            if (!firstReading.await(2 * connection.timeout().toNanos(), TimeUnit.NANOSECONDS)) {
                log.debug("The modes of the caches are not known yet");
                return switched;
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            return switched;
        }
        synchronized (changing) {
            Map<String, CacheMode> known = known();
            switched = known;
            return known;
        }
    }

    private Map<String, CacheMode> known() {
        Map<String, CacheMode> current = switched;
        return current != null ? current : Map.of();
    }

    /** Reads no more; the modes stay as they are. */
    @Override
    public void close() {
        reader.shutdownNow();
    }

    private void read() {
        boolean connected = false;
        boolean connecting = false;
        try (RedisConnection redis = connection.factory().getConnection()) {
            connected = true;
            long before = changes();
            keep(redis.hashCommands().hGetAll(key), before);
            warned = null;
        } catch (RuntimeException | LinkageError ex) {
            // Whatever happens, the modes are read on.
            FailureKind kind = RedisFailures.kindOf(ex);
            connecting = kind == FailureKind.CONNECTING;
            failed(kind, connected && !RedisFailures.isCredentials(ex));
        }
        if (connecting) {
            readAgain();
        } else {
            firstReading.countDown();
        }
    }

    /** As soon as the connection stands: from then on the cache answers, and must know whether it may. */
    private void readAgain() {
        try {
            reader.execute(this::read);
        } catch (RejectedExecutionException ex) {
            // Closed meanwhile.
        }
    }

    private void keep(@Nullable Map<byte[], byte[]> fields, long before) {
        Map<String, CacheMode> read = new HashMap<>();
        if (fields != null) {
            fields.forEach((field, value) -> {
                // What a newer release may say is not known here.
                CacheMode mode = CacheMode.of(text(value));
                if (mode != null) {
                    read.put(text(field), mode);
                }
            });
        }
        synchronized (changing) {
            if (changes != before) {
                return;
            }
            boolean changed = !read.equals(known());
            switched = Map.copyOf(read);
            if (changed) {
                log.info("The modes that caches are switched to have changed: " + told(read));
            }
        }
    }

    private long changes() {
        synchronized (changing) {
            return changes;
        }
    }

    /**
     * A server that refuses is told once for each reason; one that is gone, or does not know the user, is told by those who
     * wait for it.
     */
    private void failed(FailureKind kind, boolean connected) {
        boolean refused = connected && (kind == FailureKind.DENIED || kind == FailureKind.WRONG_TYPE);
        if (refused && kind != warned) {
            warned = kind;
            log.warn("Redis at " + connection.server() + " does not let the modes of caches be read ("
                    + kind.name().toLowerCase(Locale.ROOT)
                    + "), so they stay as they are. Allow HGETALL on the key " + text(key) + ", which is a hash.");
        } else {
            log.debug("The modes of caches were not read: " + kind);
        }
    }

    private void ask(Consumer<RedisConnection> question) {
        try (RedisConnection redis = connection.factory().getConnection()) {
            question.accept(redis);
        } catch (RuntimeException ex) {
            throw RedisFailures.translate(ex);
        }
    }

    private static Map<String, String> told(Map<String, CacheMode> modes) {
        Map<String, String> told = new TreeMap<>();
        modes.forEach((cache, mode) -> told.put(cache, mode.id()));
        return told;
    }

    private static String field(@Nullable String cache) {
        return cache == null ? ALL : KeySegments.encode(cache);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
