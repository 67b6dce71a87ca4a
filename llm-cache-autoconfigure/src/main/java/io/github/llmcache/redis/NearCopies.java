package io.github.llmcache.redis;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.tier.InvalidationListener;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells the tier in the memory of this JVM what this JVM has taken out of Redis. Redis tells it too, but over another
 * connection, maybe only after the caller was told that it is gone. Thread-safe.
 */
final class NearCopies {

    private final RedisKeys keys;
    private final CacheCatalog catalog;
    private final @Nullable InvalidationListener near;

    NearCopies(RedisKeys keys, CacheCatalog catalog, @Nullable InvalidationListener near) {
        this.keys = keys;
        this.catalog = catalog;
        this.near = near;
    }

    /** Entries of a cache are gone from Redis, or were before. */
    void removed(String cache, List<EntryPlace> entries) {
        if (near == null) {
            return;
        }
        for (EntryPlace entry : entries) {
            String key = entry.name();
            // What an application has indexed itself may be of another cache.
            if (key.startsWith(keys.beginning(cache))) {
                keys.changed(key, cache, catalog.settingsOf(cache).keyStyle(), near::invalidated);
            }
        }
    }

    /** Caches are emptied seldom enough to read those of the others from Redis again. */
    void removedAll() {
        if (near != null) {
            near.invalidatedAll();
        }
    }
}
