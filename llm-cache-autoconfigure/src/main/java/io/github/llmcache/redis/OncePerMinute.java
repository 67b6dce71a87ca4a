package io.github.llmcache.redis;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/**
 * Lets each kind of message pass the first time, and then at most once a minute.
 *
 * <p>Thread-safe. A clock that is set back silences nothing.
 */
final class OncePerMinute<K> {

    private static final long INTERVAL = Duration.ofMinutes(1).toMillis();

    private final InstantSource clock;
    private final Map<K, Long> saidAt = new HashMap<>();

    OncePerMinute(InstantSource clock) {
        this.clock = clock;
    }

    synchronized boolean isDue(K kind) {
        long now = clock.millis();
        Long last = saidAt.get(kind);
        if (last != null && now >= last && now - last < INTERVAL) {
            return false;
        }
        saidAt.put(kind, now);
        return true;
    }
}
