package io.github.llmcache.near;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.github.llmcache.interceptor.KeyMemo;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.tier.Eviction;
import io.github.llmcache.tier.EvictionListener;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the keys of those calls that come most often, in a bounded part of the memory, for ten minutes at a time. It
 * is emptied when this JVM evicts the answers of somebody or a whole cache; other JVMs keep what they have.
 *
 * <p>Thread-safe.
 */
public final class CaffeineKeyMemo implements KeyMemo, EvictionListener {

    private static final Duration KEPT = Duration.ofMinutes(10);

    /** The objects around the texts. */
    private static final int OBJECTS = 368;

    private final Cache<Object, Remembered> keys;
    private final CoarseTicker ticker;

    /**
     * Creates the memo.
     *
     * @param maximumWeight about how many bytes it may take, positive
     */
    public CaffeineKeyMemo(long maximumWeight) {
        this(maximumWeight, Ticker.systemTicker(), KEPT);
    }

    CaffeineKeyMemo(long maximumWeight, Ticker exact, Duration kept) {
        this.ticker = new CoarseTicker(exact);
        this.keys = Caffeine.newBuilder()
                .maximumWeight(maximumWeight)
                .weigher((Object asked, Remembered remembered) -> remembered.weight)
                .expireAfterWrite(kept)
                .ticker(ticker)
                // What is no longer asked for is dropped even where nothing else is asked.
                .scheduler(ticker.scheduler())
                .executor(Runnable::run)
                .build();
    }

    @Override
    public @Nullable PromptKey find(Object asked) {
        Remembered remembered = keys.getIfPresent(asked);
        return remembered == null ? null : remembered.key;
    }

    @Override
    public void keep(Object asked, PromptKey key, long characters) {
        ticker.advance();
        keys.put(asked, new Remembered(key, (int) Math.min(Integer.MAX_VALUE, OBJECTS + 2 * characters)));
    }

    /** Forgets everything where prompts or a person may be meant to be forgotten: by their names they can't be found. */
    @Override
    public void evicted(String cache, Eviction eviction) {
        if (eviction instanceof Eviction.OfScope || eviction instanceof Eviction.OfAll) {
            keys.invalidateAll();
        }
    }

    /** How many keys are in memory at the moment, whether or not they are still found; for tests. */
    long size() {
        return keys.estimatedSize();
    }

    private record Remembered(PromptKey key, int weight) {}
}
