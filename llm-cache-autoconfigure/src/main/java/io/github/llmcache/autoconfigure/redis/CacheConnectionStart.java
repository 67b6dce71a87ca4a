package io.github.llmcache.autoconfigure.redis;

import io.github.llmcache.redis.CacheConnection;
import org.springframework.context.SmartLifecycle;

/**
 * Lets the cache connect when all beans are made, and before the application takes requests.
 *
 * <p>Connecting needs a processor for a while, of which the start itself has none to spare. A bean that uses the cache before
 * does not wait for this.
 */
final class CacheConnectionStart implements SmartLifecycle {

    /** After the application's own connections, and before servers and consumers of messages. */
    private static final int PHASE = 1;

    private final CacheConnection connection;
    private volatile boolean running;

    CacheConnectionStart(CacheConnection connection) {
        this.connection = connection;
    }

    @Override
    public void start() {
        running = true;
        connection.start();
    }

    /** The connection ends with the beans: those that end before it may still use the cache. */
    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
