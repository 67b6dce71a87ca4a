package io.github.llmcache.event;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Remembers the digests of what was asked of each cache until somebody takes them, and counts the calls.
 *
 * <p>Thread-safe. A call takes an entry in a set and an addition. Of a cache {@value #MOST} digests are remembered at most;
 * calls past them are not counted either, so that those counted and those remembered belong together.
 */
public final class AskedDigests implements PromptCacheListener {

    /** As many as a busy JVM may be asked between two takings; they are the strings of keys, of 43 characters each. */
    static final int MOST = 50_000;

    private final Map<String, Asked> byCache = new ConcurrentHashMap<>();

    /** Starts with nothing. */
    public AskedDigests() {}

    private static final class Asked {
        private final Set<String> digests = ConcurrentHashMap.newKeySet();
        private final LongAdder calls = new LongAdder();
        private long taken;
    }

    /**
     * What was asked of a cache since the last taking.
     *
     * @param calls how many calls there were
     * @param digests the digests of all of them, each once; fewer where they were taken before
     */
    public record Taken(long calls, List<String> digests) {

        /** Copies the digests. */
        public Taken {
            digests = List.copyOf(digests);
        }
    }

    @Override
    public void onCall(PromptCacheEvent event) {
        String digest = event.digest();
        if (digest == null) {
            return;
        }
        Asked asked = byCache.get(event.cache());
        if (asked == null) {
            asked = byCache.computeIfAbsent(event.cache(), name -> new Asked());
        }
        if (asked.digests.size() >= MOST) {
            // Those that are remembered are not counted either, or there would be too many repeats.
            return;
        }
        // Counted after it is remembered: who takes the count first then has the digest of every call that is counted.
        asked.digests.add(digest);
        asked.calls.increment();
    }

    @Override
    public boolean readsElapsedTime() {
        return false;
    }

    /** The caches that were asked. */
    public Set<String> caches() {
        return Set.copyOf(byCache.keySet());
    }

    /**
     * Takes what was asked of a cache since the last time; by one thread at a time.
     *
     * @param cache the cache
     * @return the calls, and their digests
     */
    public Taken take(String cache) {
        Asked asked = byCache.get(cache);
        if (asked == null) {
            return new Taken(0, List.of());
        }
        long sum = asked.calls.sum();
        long calls = sum - asked.taken;
        asked.taken = sum;
        List<String> digests = new ArrayList<>(asked.digests);
        digests.forEach(asked.digests::remove);
        return new Taken(calls, digests);
    }
}
