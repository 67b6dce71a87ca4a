package io.github.llmcache.engine;

import io.github.llmcache.event.PromptCacheListener;
import io.github.llmcache.event.TierFailureEvent;
import io.github.llmcache.event.TierFailureEvent.Operation;
import io.github.llmcache.tier.CacheEvictor;
import io.github.llmcache.tier.Eviction;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Evicts, and keeps trying in the background what failed: otherwise old answers would come back together with Redis.
 *
 * <p>An eviction waits until it has worked, or for as long as the cache's answers are kept, but a day
 * at least: then all that it could have met has expired. Where more than a thousand wait,
 * all entries of their caches are evicted instead, so that none is lost. What waits is lost with the JVM. Thread-safe.
 */
public final class PendingEvictions implements AutoCloseable {

    private static final Log log = LogFactory.getLog(PendingEvictions.class);

    private static final int MOST = 1000;
    private static final long FIRST_DELAY = 100;
    private static final long LONGEST_DELAY = 1000;

    /** Other applications may keep answers under the same names for longer; the marks of evictions last as long. */
    private static final Duration SHORTEST_PATIENCE = Duration.ofDays(1);

    private static final long WARN_INTERVAL = Duration.ofMinutes(1).toMillis();

    private final CacheEvictor evictor;
    private final String tier;
    private final Function<String, Duration> longestKept;
    private final PromptCacheListener listener;
    private final InstantSource clock;
    private final ScheduledExecutorService scheduler;

    /** What waits, and until when; guarded by this map. */
    private final Map<Pending, Instant> waiting = new LinkedHashMap<>();

    private long delay = FIRST_DELAY;
    private boolean scheduled;
    private @Nullable Long warnedAt;
    private volatile boolean empty = true;

    /**
     * Creates the queue, empty.
     *
     * @param evictor evicts
     * @param tier the name of the tier that it evicts from, for events
     * @param longestKept tells how long the answers of a cache are kept at most
     * @param listener hears of failures; must not throw
     * @param clock tells when it is useless to try again
     * @param scheduler tries again; shut down by {@link #close}
     */
    public PendingEvictions(
            CacheEvictor evictor,
            String tier,
            Function<String, Duration> longestKept,
            PromptCacheListener listener,
            InstantSource clock,
            ScheduledExecutorService scheduler) {
        this.evictor = evictor;
        this.tier = tier;
        this.longestKept = longestKept;
        this.listener = listener;
        this.clock = clock;
        this.scheduler = scheduler;
    }

    private record Pending(String cache, Eviction eviction) {}

    /**
     * Evicts on this thread; what fails is tried again in the background. Never throws.
     *
     * @param cache the cache
     * @param eviction which of its entries
     */
    public void evict(String cache, Eviction eviction) {
        TierException failure = attempt(cache, eviction);
        if (failure == null) {
            flush();
            return;
        }
        int size = keep(cache, eviction);
        if (isWarningDue()) {
            String remedy = failure.remedy() == null ? "" : failure.remedy() + " ";
            log.warn("An eviction from cache '" + cache + "' failed (" + failure.kind() + "). " + remedy + size
                    + (size == 1
                            ? " waits and is tried again until it works."
                            : " wait and are tried again until they work.")
                    + " Until then old answers may be served. This is said at most once a minute.");
        }
    }

    /** Tries at once what waits, on a thread of the scheduler: the tier is there again. */
    public void flush() {
        if (!empty) {
            schedule(0);
        }
    }

    /** How many evictions wait. */
    public int size() {
        synchronized (waiting) {
            return waiting.size();
        }
    }

    /** Stops trying. */
    @Override
    public void close() {
        scheduler.shutdownNow();
        int size = size();
        if (size > 0) {
            log.warn(size + " evictions never worked: old answers may be served until they expire.");
        }
    }

    private @Nullable TierException attempt(String cache, Eviction eviction) {
        TierException failure;
        try {
            evictor.evict(cache, eviction);
            return null;
        } catch (TierException ex) {
            failure = ex;
        } catch (RuntimeException ex) {
            // The class alone: a message can quote what is evicted.
            log.debug("An eviction failed with " + ex.getClass().getName());
            failure = new TierException(FailureKind.OTHER, "An eviction failed", ex);
        }
        listener.onTierFailure(new TierFailureEvent(cache, tier, Operation.EVICT, failure.kind()));
        return failure;
    }

    private int keep(String cache, Eviction eviction) {
        Duration kept = longestKept.apply(cache);
        Instant until = clock.instant().plus(kept.compareTo(SHORTEST_PATIENCE) > 0 ? kept : SHORTEST_PATIENCE);
        int size;
        synchronized (waiting) {
            Pending all = new Pending(cache, new Eviction.OfAll());
            waiting.put(waiting.containsKey(all) ? all : new Pending(cache, eviction), until);
            if (waiting.size() > MOST) {
                collapse();
            }
            size = waiting.size();
            empty = false;
        }
        schedule(-1);
        return size;
    }

    private void collapse() {
        Map<Pending, Instant> whole = new LinkedHashMap<>();
        waiting.forEach((pending, until) -> whole.merge(
                new Pending(pending.cache(), new Eviction.OfAll()),
                until,
                (one, other) -> one.isAfter(other) ? one : other));
        waiting.clear();
        waiting.putAll(whole);
    }

    /** Schedules a try, in the given milliseconds or, if negative, after the delay that is due. */
    private void schedule(long millis) {
        synchronized (waiting) {
            if (scheduled && millis != 0) {
                return;
            }
            scheduled = true;
            try {
                scheduler.schedule(this::retry, millis < 0 ? delay : millis, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException ex) {
                log.debug("Evictions are not tried again, because the application ends");
            }
        }
    }

    private void retry() {
        Map<Pending, Instant> due;
        synchronized (waiting) {
            scheduled = false;
            due = new LinkedHashMap<>(waiting);
        }
        for (Map.Entry<Pending, Instant> entry : due.entrySet()) {
            Pending pending = entry.getKey();
            boolean useless = clock.instant().isAfter(entry.getValue());
            if (!useless && attempt(pending.cache(), pending.eviction()) != null) {
                // The others would most likely fail too, each after the tier's timeout.
                synchronized (waiting) {
                    delay = Math.min(LONGEST_DELAY, delay * 2);
                }
                schedule(-1);
                return;
            }
            synchronized (waiting) {
                // One that was asked for again meanwhile stays: it may have come after the attempt.
                waiting.remove(pending, entry.getValue());
                delay = FIRST_DELAY;
                empty = waiting.isEmpty();
            }
        }
        if (!empty) {
            schedule(-1);
        }
    }

    private boolean isWarningDue() {
        synchronized (waiting) {
            long now = clock.millis();
            if (warnedAt != null && now >= warnedAt && now - warnedAt < WARN_INTERVAL) {
                return false;
            }
            warnedAt = now;
            return true;
        }
    }
}
