package io.github.llmcache.redis;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the server lets the fields of a hash expire, as the scripts that write them have told.
 *
 * <p>A script tries what it is told, and, should the server not know it, the next best thing in the same step. So a server
 * that takes the place of a newer one costs nothing but that attempt; one that takes the place of an older one is noticed
 * within a minute. Thread-safe.
 */
final class FieldExpiry {

    /** {@code HSETEX}; then {@code HSET} and {@code HPEXPIRE}; then the whole hash's time alone. */
    private static final long BEST = 1;

    private static final long NONE = 3;

    private static final long RETRY = Duration.ofMinutes(1).toNanos();

    private volatile long way = BEST;
    private volatile long toldAt = System.nanoTime();

    /** What a script is to try first. */
    byte[] worthATry() {
        boolean again = way != BEST && System.nanoTime() - toldAt > RETRY;
        return RedisKeys.bytes(Long.toString(again ? BEST : way));
    }

    /** Takes down what a script answered that stored a field. */
    void told(List<@Nullable Object> answer) {
        if (answer.size() < 2) {
            return;
        }
        long used = Replies.number(answer.get(1));
        if (used >= BEST && used <= NONE && (used != way || System.nanoTime() - toldAt > RETRY)) {
            way = used;
            toldAt = System.nanoTime();
        }
    }
}
