package io.github.llmcache.engine;

import org.jspecify.annotations.Nullable;

/**
 * Switches the modes of caches while they run, for all JVMs that share them.
 *
 * <p>What a cache is switched to counts first, then what all caches are switched to, then the cache's setting and the
 * setting for all. Thread-safe.
 */
public interface CacheModeSwitch {

    /**
     * Switches a cache, or all of them, or takes the switch back. This JVM obeys at once, the others within a second.
     *
     * @param cache the cache, or null for all
     * @param mode the mode, or null to go back to what else counts
     * @throws io.github.llmcache.tier.TierException if it could not be written down where the others see it; then this JVM
     *     goes on as before
     */
    void switchTo(@Nullable String cache, @Nullable CacheMode mode);

    /**
     * Tells what a cache, or all of them, were switched to, as far as this JVM knows; never blocks and never throws.
     *
     * @param cache the cache, or null for all
     * @return the mode, or null if they were not switched
     */
    @Nullable
    CacheMode switchedTo(@Nullable String cache);
}
