package io.github.llmcache.testing;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CacheMode;
import io.github.llmcache.engine.CacheModeSwitch;
import io.github.llmcache.engine.CacheModes;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Modes in this JVM's memory, for tests of what switches them. */
public final class InMemoryCacheModes implements CacheModes, CacheModeSwitch {

    private final CacheCatalog catalog;
    private final Map<String, CacheMode> switched = new ConcurrentHashMap<>();
    private volatile @Nullable FailureKind failure;

    /** Creates the modes that the settings say. */
    public InMemoryCacheModes(CacheCatalog catalog) {
        this.catalog = catalog;
    }

    /** Makes every switch fail, or none if null. */
    public void failWith(@Nullable FailureKind kind) {
        this.failure = kind;
    }

    /** Forgets all that was set. */
    public void reset() {
        switched.clear();
        failure = null;
    }

    @Override
    public CacheMode modeOf(String cache) {
        CacheMode all = switched.getOrDefault("*", catalog.settingsOf(cache).mode());
        return switched.getOrDefault(cache, all);
    }

    @Override
    public void switchTo(@Nullable String cache, @Nullable CacheMode mode) {
        FailureKind kind = failure;
        if (kind != null) {
            throw new TierException(kind, "Redis failed: " + kind, null);
        }
        String field = cache == null ? "*" : cache;
        if (mode == null) {
            switched.remove(field);
        } else {
            switched.put(field, mode);
        }
    }

    @Override
    public @Nullable CacheMode switchedTo(@Nullable String cache) {
        return switched.get(cache == null ? "*" : cache);
    }
}
