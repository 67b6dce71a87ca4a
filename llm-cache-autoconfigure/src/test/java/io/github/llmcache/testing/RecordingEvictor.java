package io.github.llmcache.testing;

import io.github.llmcache.tier.CacheBrowser;
import io.github.llmcache.tier.CacheEvictor;
import io.github.llmcache.tier.Eviction;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

/** Writes down what is evicted, and evicts digests and whole caches by the browser, if there is one. */
public final class RecordingEvictor implements CacheEvictor {

    private final List<String> caches = new CopyOnWriteArrayList<>();
    private final List<Eviction> evictions = new CopyOnWriteArrayList<>();
    private final @Nullable ObjectProvider<CacheBrowser> browser;
    private volatile @Nullable FailureKind failure;
    private volatile Duration settlingTime = Duration.ZERO;

    /** Creates an evictor, for a context with a browser or without one. */
    public RecordingEvictor(@Nullable ObjectProvider<CacheBrowser> browser) {
        this.browser = browser;
    }

    /** Makes every eviction fail, or none if null. */
    public void failWith(@Nullable FailureKind kind) {
        this.failure = kind;
    }

    /** Says how long it takes until all know. */
    public void settleIn(Duration time) {
        this.settlingTime = time;
    }

    /** What was evicted, in order. */
    public List<Eviction> evictions() {
        return evictions;
    }

    /** The caches from which it was, in order. */
    public List<String> caches() {
        return caches;
    }

    @Override
    public long evict(String cache, Eviction eviction) {
        FailureKind kind = failure;
        if (kind != null) {
            throw new TierException(kind, "It failed: " + kind, null);
        }
        CacheBrowser found = browser == null ? null : browser.getIfAvailable();
        long count = 1;
        if (found != null && eviction instanceof Eviction.OfDigest one) {
            count = found.evict(cache, one.digest()) ? 1 : 0;
        } else if (found != null && eviction instanceof Eviction.OfAll) {
            count = found.evictAll(cache);
        }
        caches.add(cache);
        evictions.add(eviction);
        return count;
    }

    @Override
    public Duration settlingTime() {
        return settlingTime;
    }
}
