package io.github.llmcache.testing;

import io.github.llmcache.tier.CacheEvictor;
import io.github.llmcache.tier.Eviction;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes entries out of an {@link InMemoryCacheBrowser}, and notes what it was asked to take by tag, model or scope. */
public final class InMemoryCacheEvictor implements CacheEvictor {

    private final InMemoryCacheBrowser browser;
    private final List<Map.Entry<String, Eviction>> evictions = new CopyOnWriteArrayList<>();
    private volatile long answer;

    /** Creates the evictor of a browser's entries; it fails where the browser does. */
    public InMemoryCacheEvictor(InMemoryCacheBrowser browser) {
        this.browser = browser;
    }

    /** What was evicted by tag, model or scope, with its cache. */
    public List<Map.Entry<String, Eviction>> evictions() {
        return List.copyOf(evictions);
    }

    /** Says how many entries a tag, a model or a scope has. */
    public void answerWith(long count) {
        this.answer = count;
    }

    /** Forgets all that was set. */
    public void reset() {
        evictions.clear();
        answer = 0;
    }

    @Override
    public long evict(String cache, Eviction eviction) {
        if (eviction instanceof Eviction.OfDigest digest) {
            return browser.evict(cache, digest.digest()) ? 1 : 0;
        }
        if (eviction instanceof Eviction.OfAll) {
            return browser.evictAll(cache);
        }
        // Fails where the browser does.
        browser.find(cache, "");
        evictions.add(Map.entry(cache, eviction));
        return answer;
    }

    @Override
    public Duration settlingTime() {
        return Duration.ZERO;
    }
}
