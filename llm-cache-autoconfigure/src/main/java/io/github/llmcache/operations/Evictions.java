package io.github.llmcache.operations;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.tier.CacheEvictor;
import io.github.llmcache.tier.Eviction;
import io.github.llmcache.tier.TierException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Evicts, and says so.
 *
 * @param evictor takes entries away
 * @param catalog the caches that the application knows
 * @param listener hears of it
 */
record Evictions(CacheEvictor evictor, CacheCatalog catalog, CacheOperationListener listener) {

    long evict(String cache, Eviction eviction) {
        try {
            long count = evictor.evict(cache, eviction);
            listener.evicted(cache, nameOf(eviction), count);
            return count;
        } catch (TierException ex) {
            listener.evictionFailed(cache, nameOf(eviction), ex.kind());
            throw ex;
        }
    }

    /** Goes through all caches, whichever fail, and waits until no JVM serves anything of it. */
    Forgotten forget(String scope) throws InterruptedException {
        Map<String, Long> entries = new LinkedHashMap<>();
        Set<String> caches = new TreeSet<>(catalog.names());
        TierException failure = null;
        try {
            caches.addAll(evictor.cachesOf(scope));
        } catch (TierException ex) {
            failure = ex;
        }
        for (String cache : caches) {
            try {
                entries.put(cache, evict(cache, new Eviction.OfScope(scope)));
            } catch (TierException ex) {
                failure = with(failure, ex);
            }
        }
        Thread.sleep(evictor.settlingTime().toMillis());
        if (failure != null) {
            throw failure;
        }
        return new Forgotten(entries);
    }

    private static TierException with(@Nullable TierException first, TierException next) {
        if (first == null) {
            return next;
        }
        if (first != next) {
            first.addSuppressed(next);
        }
        return first;
    }

    private static String nameOf(Eviction eviction) {
        if (eviction instanceof Eviction.OfDigest) {
            return "digest";
        }
        if (eviction instanceof Eviction.OfTag) {
            return "tag";
        }
        if (eviction instanceof Eviction.OfModel) {
            return "model";
        }
        if (eviction instanceof Eviction.OfScope) {
            return "scope";
        }
        return eviction instanceof Eviction.OfKey ? "key" : "all";
    }
}
