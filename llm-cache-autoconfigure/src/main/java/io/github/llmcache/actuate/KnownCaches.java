package io.github.llmcache.actuate;

import io.github.llmcache.engine.CacheCatalog;

/** Refuses names that are no cache's, before anything is asked of Redis. */
final class KnownCaches {

    private KnownCaches() {}

    static void check(CacheCatalog catalog, String cache) {
        if (!catalog.names().contains(cache)) {
            throw RefusedRequestException.notFound("There is no such cache");
        }
    }
}
