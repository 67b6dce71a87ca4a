package io.github.llmcache.near;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.llmcache.interceptor.KeyMemo;
import io.github.llmcache.key.PromptKey;
import org.jspecify.annotations.Nullable;

/** Remembers the keys of those calls that come most often, in a bounded part of the memory. Thread-safe. */
public final class CaffeineKeyMemo implements KeyMemo {

    /** The objects around the texts. */
    private static final int OBJECTS = 320;

    private final Cache<Object, Remembered> keys;

    /**
     * Creates the memo.
     *
     * @param maximumWeight about how many bytes it may take, positive
     */
    public CaffeineKeyMemo(long maximumWeight) {
        this.keys = Caffeine.newBuilder()
                .maximumWeight(maximumWeight)
                .weigher((Object asked, Remembered remembered) -> remembered.weight)
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
        keys.put(asked, new Remembered(key, (int) Math.min(Integer.MAX_VALUE, OBJECTS + 2 * characters)));
    }

    private record Remembered(PromptKey key, int weight) {}
}
