package io.github.llmcache.actuate;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.tier.CacheBrowser;
import io.github.llmcache.tier.CacheEvictor;
import io.github.llmcache.tier.Eviction;
import io.github.llmcache.tier.TierException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Evicts the entries of caches for a viewer, and says so to the audit. */
final class CacheEvictions {

    private final CacheCatalog catalog;
    private final CacheBrowser browser;
    private final @Nullable CacheEvictor evictor;
    private final CacheAudit audit;

    CacheEvictions(CacheCatalog catalog, CacheBrowser browser, @Nullable CacheEvictor evictor, CacheAudit audit) {
        this.catalog = catalog;
        this.browser = browser;
        this.evictor = evictor;
        this.audit = audit;
    }

    boolean evict(Viewer viewer, String cache, String digest) {
        boolean evicted = auditingFailures(
                viewer, cache, null, () -> CacheEntries.isDigest(digest) && evictDigest(cache, digest));
        if (evicted) {
            audit.evicted(viewer, cache, digest, 1);
        }
        return evicted;
    }

    /** Evicts what belongs to the one that is given, or the whole cache if none is. */
    long evict(Viewer viewer, String cache, @Nullable String tag, @Nullable String model, @Nullable String scope) {
        KnownCaches.check(catalog, cache);
        if ((tag == null ? 0 : 1) + (model == null ? 0 : 1) + (scope == null ? 0 : 1) > 1) {
            throw RefusedRequestException.bad("Entries are evicted by one of tag, model and scope, not by several");
        }
        if (tag != null) {
            return evictPart(viewer, cache, "tag", tag, new Eviction.OfTag(tag));
        }
        if (model != null) {
            return evictPart(viewer, cache, "model", model, new Eviction.OfModel(model));
        }
        return scope != null
                ? evictPart(viewer, cache, "scope", scope, new Eviction.OfScope(scope))
                : evictAll(viewer, cache);
    }

    private long evictAll(Viewer viewer, String cache) {
        long evicted = auditingFailures(
                viewer,
                cache,
                null,
                () -> evictor == null ? browser.evictAll(cache) : evictor.evict(cache, new Eviction.OfAll()));
        audit.evicted(viewer, cache, null, evicted);
        return evicted;
    }

    private long evictPart(Viewer viewer, String cache, String by, String value, Eviction eviction) {
        CacheEvictor evictor = this.evictor;
        if (evictor == null) {
            throw RefusedRequestException.bad(
                    "A part of a cache can't be evicted here; without parameters the whole cache is");
        }
        if (value.isBlank()) {
            throw RefusedRequestException.bad(
                    "The " + by + " is blank; leave it out to evict the whole cache, if that is meant");
        }
        long evicted = auditingFailures(viewer, cache, by, () -> evictor.evict(cache, eviction));
        audit.partEvicted(viewer, cache, by, evicted);
        return evicted;
    }

    private boolean evictDigest(String cache, String digest) {
        return evictor == null ? browser.evict(cache, digest) : evictor.evict(cache, new Eviction.OfDigest(digest)) > 0;
    }

    private <T> T auditingFailures(Viewer viewer, String cache, @Nullable String by, Supplier<T> eviction) {
        KnownCaches.check(catalog, cache);
        try {
            return eviction.get();
        } catch (TierException ex) {
            audit.evictionFailed(viewer, cache, by, ex.kind());
            throw ex;
        }
    }
}
