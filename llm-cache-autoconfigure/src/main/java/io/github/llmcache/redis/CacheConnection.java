package io.github.llmcache.redis;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.util.ClassUtils;

/**
 * The cache's own connection to Redis, derived from the user's connection factory: the same servers, TLS and
 * credentials, but other timeouts, so that a slow Redis delays no caller for longer than the cache's timeout.
 *
 * <p>With Lettuce it connects in the background: no caller ever waits for a connection. With Jedis callers connect, each
 * within the timeout. A connection factory of any other kind is used as it is, and is waited for no longer than the
 * timeout. Thread-safe.
 */
public abstract class CacheConnection implements AutoCloseable {

    /** How long an application that ends waits for the answers that are on their way to Redis. */
    static final Duration FLUSH = Duration.ofSeconds(1);

    private static final boolean LETTUCE = isPresent("io.lettuce.core.RedisClient");
    private static final boolean JEDIS = isPresent("redis.clients.jedis.Jedis");

    private final String server;
    private final RedisFailureLog failureLog;

    CacheConnection(String server, InstantSource clock) {
        this.server = server;
        this.failureLog = new RedisFailureLog(server, clock);
    }

    /**
     * Opens a connection, without waiting for the server.
     *
     * @param users the user's connection factory, which stays as it is
     * @param timeout how long a command may take, positive
     * @param clock tells the time by which warnings are spaced
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

    /** The server, for people: host and port, or what stands for it; never a password. */
    public String server() {
        return server;
    }

    /** The factory of connections for everything but single entries; throws at once while there is no connection. */
    public abstract RedisConnectionFactory factory();

    abstract EntryCommands commands();

    abstract KeyScanner scanner();

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

    /** Waits a second at most for the writes that are on their way, and disconnects. */
    @Override
    public abstract void close();

    private static boolean isPresent(String type) {
        return ClassUtils.isPresent(type, CacheConnection.class.getClassLoader());
    }
}
