package io.github.llmcache.faults;

import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.PromptCacheEvent;
import io.github.llmcache.event.PromptCacheListener;
import io.github.llmcache.event.TierFailureEvent;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** When the cache answered, and when it could not. Thread-safe. */
public final class Timeline implements PromptCacheListener {

    private final Map<String, Long> failures = new ConcurrentHashMap<>();
    private final AtomicLong lastFailure = new AtomicLong(System.nanoTime());
    private volatile @Nullable Watch watch;

    @Override
    public void onCall(PromptCacheEvent event) {}

    @Override
    public void onTierFailure(TierFailureEvent event) {
        failures.merge(event.operation() + " " + event.kind(), 1L, Long::sum);
        long now = System.nanoTime();
        lastFailure.accumulateAndGet(now, (one, other) -> one - other > 0 ? one : other);
    }

    /** A call of the load has ended. */
    void ended(PromptCacheEvent call, long began, long ended) {
        Watch current = watch;
        if (current != null
                && call.outcome() == CacheOutcome.HIT
                && began - current.since >= 0
                && current.counts(call.cache(), call.digest())) {
            AtomicLong first = "near".equals(call.tier()) ? current.firstNear : current.firstRedis;
            first.compareAndSet(0, ended);
        }
    }

    /** Looks for hits that begin from now on. */
    Watch watch(KeyFilter filter) {
        Watch begun = new Watch(filter);
        watch = begun;
        return begun;
    }

    long lastFailure() {
        return lastFailure.get();
    }

    /** What failed, and how often. */
    Map<String, Long> failures() {
        return Map.copyOf(failures);
    }

    void clear() {
        failures.clear();
    }

    /** Which answers are looked for. */
    interface KeyFilter {

        boolean includes(String redisKey);
    }

    /** The first hits since a moment. */
    static final class Watch {

        final long since = System.nanoTime();
        final AtomicLong firstRedis = new AtomicLong();
        final AtomicLong firstNear = new AtomicLong();
        private final KeyFilter filter;

        Watch(KeyFilter filter) {
            this.filter = filter;
        }

        private boolean counts(String cache, @Nullable String digest) {
            return digest != null && filter.includes(cache + ":" + digest);
        }
    }
}
