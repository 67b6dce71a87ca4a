package io.github.llmcache.redis;

import java.time.Duration;
import java.time.InstantSource;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** A connection factory of a kind that nothing can be derived from, used as it is, by threads of the cache's own. */
final class GivenCacheConnection extends CacheConnection {

    private final RedisConnectionFactory factory;
    private final BlockingEntryCommands commands;
    private final KeyScanner scanner;

    GivenCacheConnection(RedisConnectionFactory factory, Duration timeout, InstantSource clock) {
        super("the server of " + factory.getClass().getName(), timeout, clock);
        this.factory = factory;
        this.commands = new BlockingEntryCommands(factory, false, timeout);
        this.scanner = new SkippingKeyScanner();
    }

    @Override
    public RedisConnectionFactory factory() {
        return factory;
    }

    @Override
    EntryCommands commands() {
        return commands;
    }

    @Override
    KeyScanner scanner() {
        return scanner;
    }

    @Override
    void disconnect() {
        // The connections are the application's.
    }
}
