package io.github.llmcache.engine;

/**
 * Knows the mode of each cache at this moment.
 *
 * <p>Thread-safe; asked on every call, so it is quick, and never throws.
 */
@FunctionalInterface
public interface CacheModes {

    /** All caches are on. */
    CacheModes ON = cache -> CacheMode.ON;

    /**
     * The modes that the settings say, which never change.
     *
     * @param catalog knows the settings
     * @return the modes
     */
    static CacheModes ofSettings(CacheCatalog catalog) {
        return cache -> catalog.settingsOf(cache).mode();
    }

    /**
     * Tells the mode of a cache.
     *
     * @param cache the cache
     * @return its mode
     */
    CacheMode modeOf(String cache);
}
