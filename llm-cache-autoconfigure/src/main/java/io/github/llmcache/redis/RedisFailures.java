package io.github.llmcache.redis;

import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.RedisConnectionFailureException;

/** Tells from an exception of a Redis client what went wrong. */
final class RedisFailures {

    private RedisFailures() {}

    static TierException translate(Throwable failure) {
        if (failure instanceof TierException exception) {
            return exception;
        }
        return new TierException(
                kindOf(failure),
                "Redis failed with " + rootOf(failure).getClass().getName(),
                failure);
    }

    static FailureKind kindOf(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            FailureKind kind = kindOfOne(cause);
            if (kind != null) {
                return kind;
            }
            if (cause.getCause() == cause) {
                break;
            }
        }
        return FailureKind.OTHER;
    }

    private static @Nullable FailureKind kindOfOne(Throwable failure) {
        FailureKind told = kindOfReply(String.valueOf(failure.getMessage()));
        if (told != null) {
            return told;
        }
        // Jedis and Lettuce are both optional to the other, so their types are told by name.
        String type = failure.getClass().getSimpleName();
        if (failure instanceof TierException exception) {
            return exception.kind();
        }
        if (failure instanceof InterruptedException || type.equals("RedisCommandInterruptedException")) {
            return FailureKind.INTERRUPTED;
        }
        if (failure instanceof QueryTimeoutException
                || failure instanceof TimeoutException
                || failure instanceof java.net.SocketTimeoutException
                || type.equals("RedisCommandTimeoutException")) {
            return FailureKind.TIMEOUT;
        }
        if (type.equals("RedisConnectionException")
                || type.equals("JedisConnectionException")
                || failure instanceof IOException
                || String.valueOf(failure.getMessage()).contains("Commands are rejected")
                || String.valueOf(failure.getMessage()).contains("Connection closed")) {
            return FailureKind.CONNECTION;
        }
        return failure instanceof RedisConnectionFailureException && failure.getCause() == null
                ? FailureKind.CONNECTION
                : null;
    }

    /** The error that the server replied, told by its first word. */
    private static @Nullable FailureKind kindOfReply(String message) {
        int end = message.indexOf(' ');
        return switch (end < 0 ? message : message.substring(0, end)) {
            case "WRONGTYPE" -> FailureKind.WRONG_TYPE;
            case "OOM" -> FailureKind.OUT_OF_MEMORY;
            case "READONLY" -> FailureKind.READ_ONLY;
            case "NOPERM", "NOAUTH", "WRONGPASS" -> FailureKind.DENIED;
            default -> null;
        };
    }

    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root;
    }
}
