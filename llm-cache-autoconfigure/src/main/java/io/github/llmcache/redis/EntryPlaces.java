package io.github.llmcache.redis;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CacheLayout;
import io.github.llmcache.engine.CacheSettings;
import io.github.llmcache.key.PromptKey;

/** Tells where the entry of a request lives, by the layout of its cache. Thread-safe. */
final class EntryPlaces {

    private final RedisKeys keys;
    private final CacheCatalog catalog;

    EntryPlaces(RedisKeys keys, CacheCatalog catalog) {
        this.keys = keys;
        this.catalog = catalog;
    }

    EntryPlace of(PromptKey key) {
        CacheSettings settings = catalog.settingsOf(key.cache());
        return settings.layout() == CacheLayout.HASH
                ? keys.hashes().place(key.cache(), key.model(), key.digest())
                : new KeyPlace(keys.key(key, settings.keyStyle()));
    }
}
