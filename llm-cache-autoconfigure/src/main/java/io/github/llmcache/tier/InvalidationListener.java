package io.github.llmcache.tier;

import io.github.llmcache.key.PromptKey;
import java.time.Duration;
import java.util.Set;

/**
 * A tier in memory that is told by a farther tier what changes there.
 *
 * <p>It may serve nothing before {@link #tracking} and after {@link #lost}, nor for longer than it allows itself after the
 * last {@link #alive}. Operations are called in the order in which the changes happened, on threads that must not be held
 * up. Implementations are thread-safe and never throw.
 *
 * <p>No tier of any JVM of the fleet serves an entry for longer than {@link #SETTLING} after it was changed.
 */
public interface InvalidationListener {

    /** The longest time for which an entry is served after it was changed, whatever breaks or stands still. */
    Duration SETTLING = Duration.ofMillis(1500);

    /**
     * Tells whether answers of a cache are kept at this moment, so that it pays to ask how long they still live.
     *
     * @param cache the cache
     */
    boolean keeps(String cache);

    /**
     * From now on every change of entries of these caches is told, until the connection is lost.
     *
     * @param caches all caches of which changes are told; more than before where some became known later
     */
    void tracking(Set<String> caches);

    /**
     * The connection works: all changes up to a moment have been told.
     *
     * @param asOf the moment, by {@link System#nanoTime()}
     */
    void alive(long asOf);

    /**
     * An entry was written, evicted, or has expired, or its time to live was changed.
     *
     * @param key the key as it is tracked: its digest may be shortened
     */
    void invalidated(PromptKey key);

    /** All entries of all caches are gone. */
    void invalidatedAll();

    /** Changes are told no longer, and some may have been missed. */
    void lost();
}
