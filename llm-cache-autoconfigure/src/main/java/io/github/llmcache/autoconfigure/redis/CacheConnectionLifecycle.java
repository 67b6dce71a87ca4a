package io.github.llmcache.autoconfigure.redis;

import io.github.llmcache.redis.CacheConnection;
import org.springframework.context.SmartLifecycle;

/**
 * Gives the first connection a moment when the application starts, so that the very first calls find the cache.
 *
 * <p>Waits no longer than a command may take, and starts whether Redis is there or not.
 */
final class CacheConnectionLifecycle implements SmartLifecycle {

    private final CacheConnection connection;
    private volatile boolean running;

    CacheConnectionLifecycle(CacheConnection connection) {
        this.connection = connection;
    }

    @Override
    public void start() {
        connection.awaitConnected();
        running = true;
    }

    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Before web servers and whatever else takes calls. */
    @Override
    public int getPhase() {
        return 0;
    }
}
