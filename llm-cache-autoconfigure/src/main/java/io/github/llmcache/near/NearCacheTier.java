package io.github.llmcache.near;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.CacheTier;
import io.github.llmcache.tier.InvalidationListener;
import io.github.llmcache.tier.TierLookup;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The tier in the memory of this JVM: what was read from Redis, until Redis tells that it has changed.
 *
 * <p>It is filled by reads alone: an answer that this JVM stores in Redis comes back to it as a change, and is kept when it
 * is read next. It is silent, so that Redis is asked, while changes are not told, and as soon as nothing was heard from
 * Redis for {@link #SETTLING}. Thread-safe; nothing blocks.
 */
public final class NearCacheTier implements CacheTier, InvalidationListener {

    /** The tier's name. */
    public static final String NAME = "near";

    private static final int STAMPS = 1024;

    private final Cache<PromptKey, KeptAnswer> answers;
    private final UnaryOperator<PromptKey> trackedKey;
    private final LongSupplier nanoTime;
    private final AtomicLongArray stamps = new AtomicLongArray(STAMPS);
    private volatile Tracked tracked = new Tracked(0, Set.of());
    private volatile long servesUntil;

    /**
     * Creates the tier, which is silent until changes are told.
     *
     * @param maximumWeight about how many bytes the answers may take, positive
     * @param trackedKey gives the key as which changes of an entry are told
     */
    public NearCacheTier(long maximumWeight, UnaryOperator<PromptKey> trackedKey) {
        this(maximumWeight, trackedKey, System::nanoTime);
    }

    NearCacheTier(long maximumWeight, UnaryOperator<PromptKey> trackedKey, LongSupplier nanoTime) {
        this.trackedKey = trackedKey;
        this.nanoTime = nanoTime;
        this.servesUntil = nanoTime.getAsLong();
        this.answers = Caffeine.newBuilder()
                .maximumWeight(maximumWeight)
                .weigher(KeptAnswer::weigh)
                // No expiry of Caffeine's, which would read the clock once more for each hit: a look-up compares the
                // time that
                // it has read already, and Redis tells of what has expired.
                // There is nothing to be told of removals, so what is left to do takes no thread of its own.
                .executor(Runnable::run)
                .build();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean keeps(String cache) {
        return tracked.caches.contains(cache) && nanoTime.getAsLong() - servesUntil < 0;
    }

    @Override
    public TierLookup lookup(PromptKey key) {
        Tracked now = tracked;
        long time = nanoTime.getAsLong();
        if (time - servesUntil >= 0 || !now.caches.contains(key.cache())) {
            return TierLookup.Miss.INSTANCE;
        }
        PromptKey known = trackedKey.apply(key);
        KeptAnswer kept = answers.getIfPresent(known);
        if (kept != null
                && kept.epoch() == now.epoch
                && kept.expiresAt() - time > 0
                && kept.hit().entry().digest().equals(key.digest())) {
            return kept.hit();
        }
        int stripe = stripe(known);
        return new TierLookup.Miss(new Filling(known, now.epoch, stripe, stamps.get(stripe), time));
    }

    /** Drops the old answer at once; the new one is read from Redis, from where it comes back as a change. */
    @Override
    public CompletionStage<Void> store(PromptKey key, CacheEntry entry, Duration ttl) {
        invalidated(trackedKey.apply(key));
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized void tracking(Set<String> caches) {
        tracked = new Tracked(tracked.epoch, Set.copyOf(caches));
    }

    @Override
    public synchronized void alive(long asOf) {
        long until = asOf + SETTLING.toNanos();
        if (until - servesUntil > 0) {
            servesUntil = until;
        }
    }

    @Override
    public void invalidated(PromptKey key) {
        stamps.incrementAndGet(stripe(key));
        // Computing holds the key's place even where it is empty, so that a filling under way is waited for.
        answers.asMap().compute(key, (same, kept) -> null);
    }

    @Override
    public synchronized void invalidatedAll() {
        // What is being filled meanwhile may be missed by the emptying, but is of an epoch that is over.
        tracked = new Tracked(tracked.epoch + 1, tracked.caches);
        answers.invalidateAll();
    }

    @Override
    public synchronized void lost() {
        tracked = new Tracked(tracked.epoch + 1, Set.of());
        servesUntil = nanoTime.getAsLong();
        answers.invalidateAll();
    }

    /** About how many bytes the answers in memory take. */
    public long weight() {
        answers.cleanUp();
        return answers.policy().eviction().orElseThrow().weightedSize().orElse(0);
    }

    private static int stripe(PromptKey key) {
        int hash = key.hashCode() * 0x9E3779B9;
        return hash >>> 22;
    }

    /** An unbroken time in which changes were told, and of which caches. */
    private record Tracked(long epoch, Set<String> caches) {}

    /** Takes an answer unless its key, or all, has changed since this was made, which was before Redis was asked. */
    private final class Filling implements TierLookup.Fill {

        private final PromptKey key;
        private final long epoch;
        private final int stripe;
        private final long stamp;
        private final long began;

        private Filling(PromptKey key, long epoch, int stripe, long stamp, long began) {
            this.key = key;
            this.epoch = epoch;
            this.stripe = stripe;
            this.stamp = stamp;
            this.began = began;
        }

        @Override
        public void accept(String cache, TierLookup.Hit hit) {
            Duration left = hit.ttlLeft();
            if (left == null || !cache.equals(key.cache())) {
                return;
            }
            // Longer than a year is cut, so that no sum of nanoseconds overflows.
            long expiresAt =
                    began + Math.min(left.toMillis(), Duration.ofDays(365).toMillis()) * 1_000_000;
            // Without the prompt, which does not identify.
            PromptKey bare = new PromptKey(key.cache(), key.digest(), null);
            // A hit of its own: how long the entry lives counts from another moment than that of the next lookup.
            KeptAnswer answer = new KeptAnswer(new TierLookup.Hit(hit.entry()), epoch, expiresAt);
            answers.asMap()
                    .compute(
                            bare,
                            (same, kept) -> isUnchanged() && expiresAt - nanoTime.getAsLong() > 0 ? answer : kept);
        }

        private boolean isUnchanged() {
            return stamps.get(stripe) == stamp && tracked.epoch == epoch;
        }
    }

    /** Whether an answer is in memory, served or not; for tests. */
    @Nullable
    TierLookup kept(PromptKey key) {
        KeptAnswer kept = answers.getIfPresent(trackedKey.apply(key));
        return kept == null ? null : kept.hit();
    }
}
