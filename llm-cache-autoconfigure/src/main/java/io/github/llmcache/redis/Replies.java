package io.github.llmcache.redis;

import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Reads what scripts answer. */
final class Replies {

    private Replies() {}

    /** Waits for a reply, which comes within the timeout. */
    static <T> T await(CompletableFuture<T> reply) {
        try {
            return reply.get();
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new TierException(FailureKind.INTERRUPTED, "The caller was interrupted", ex);
        } catch (ExecutionException ex) {
            throw RedisFailures.translate(ex);
        }
    }

    /** Whether the script did what it is for. */
    static boolean isDone(List<@Nullable Object> answer) {
        return number(answer.get(0)) == 1;
    }

    static long number(@Nullable Object reply) {
        return reply instanceof Number number ? number.longValue() : 0;
    }

    static byte[] bytes(@Nullable Object reply) {
        return reply instanceof byte[] bytes ? bytes : new byte[0];
    }

    static byte[] millis(Duration duration) {
        return RedisKeys.bytes(Long.toString(duration.toMillis()));
    }
}
