package io.github.llmcache.redis;

import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.RedisConnectionFailureException;

/** Tells from an exception of a Redis client what went wrong. */
final class RedisFailures {

    /** Errors of servers that are about to serve, or not yet the right ones. */
    private static final Set<String> TEMPORARY =
            Set.of("LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "UNBLOCKED");

    private static final String DENIED_IN_SCRIPT = "ACL failure in script";

    private static final Pattern DENIED_COMMAND =
            Pattern.compile("(?:NOPERM|" + DENIED_IN_SCRIPT + ").*the '([a-zA-Z|_-]{1,30})' command");

    private static final List<Function<Throwable, @Nullable FailureKind>> QUESTIONS =
            List.of(RedisFailures::said, RedisFailures::timedOut, RedisFailures::unreachable);

    private RedisFailures() {}

    static TierException translate(Throwable failure) {
        if (failure instanceof TierException exception) {
            return exception;
        }
        List<Throwable> chain = chainOf(failure);
        return new TierException(
                kindOf(failure),
                "Redis failed with " + chain.get(chain.size() - 1).getClass().getName(),
                failure);
    }

    /** Whether the server only has not been told the script yet. */
    static boolean isUnknownScript(Throwable failure) {
        return chainOf(failure).stream().anyMatch(cause -> messageOf(cause).startsWith("NOSCRIPT"));
    }

    /** Whether the server lets this user run no scripts, or runs none at all. */
    static boolean deniesScripts(Throwable failure) {
        return chainOf(failure).stream()
                .map(cause -> messageOf(cause).toLowerCase(Locale.ROOT))
                .anyMatch(message -> (message.startsWith("noperm") || message.startsWith("err unknown command"))
                        && (message.contains("'eval") || message.contains("`eval")));
    }

    /** The kind of failure that an error of the server tells, such as one that a script hands on. */
    static FailureKind kindOfError(String error) {
        FailureKind kind = kindOfReply(error);
        return kind == null ? FailureKind.OTHER : kind;
    }

    /** What says most is believed: the server's own words, then an end of patience, and only then a broken line. */
    static FailureKind kindOf(Throwable failure) {
        List<Throwable> chain = chainOf(failure);
        for (Function<Throwable, @Nullable FailureKind> question : QUESTIONS) {
            for (Throwable cause : chain) {
                FailureKind kind = question.apply(cause);
                if (kind != null) {
                    return kind;
                }
            }
        }
        return FailureKind.OTHER;
    }

    /**
     * The first word of the error by which the server refuses a command for good, as far as can be told; null where a
     * later attempt may succeed. The rest of an error may name users or keys.
     */
    static @Nullable String refusalOf(Throwable failure) {
        for (Throwable cause : chainOf(failure)) {
            if (isNamed(cause, "RedisCommandExecutionException")) {
                String word = messageOf(cause).split(" ", 2)[0];
                return TEMPORARY.contains(word) ? null : word;
            }
            if (isNamed(cause, "RedisLoadingException") || isNamed(cause, "RedisBusyException")) {
                return null;
            }
        }
        return null;
    }

    /** Whether client and server did not agree on TLS, as where a certificate is not trusted. */
    static boolean isTls(Throwable failure) {
        return chainOf(failure).stream().anyMatch(SSLException.class::isInstance);
    }

    /** Whether the server does not know the user or the password, so that it is not about a single right. */
    static boolean isCredentials(Throwable failure) {
        return chainOf(failure).stream()
                .map(RedisFailures::messageOf)
                .anyMatch(message -> message.startsWith("WRONGPASS") || message.startsWith("NOAUTH"));
    }

    /**
     * Whether Lettuce only tells that a handshake has ended, and not what the server said; it does so where it was refused,
     * too.
     */
    static boolean isHandshake(Throwable failure) {
        return chainOf(failure).stream()
                .anyMatch(cause -> cause instanceof IllegalStateException
                        && messageOf(cause).contains("RedisHandshakeHandler"));
    }

    /** The command that the server says this user may not run; null where it does not say. */
    static @Nullable String deniedCommand(Throwable failure) {
        for (Throwable cause : chainOf(failure)) {
            Matcher command = DENIED_COMMAND.matcher(messageOf(cause));
            if (command.find()) {
                return command.group(1).toUpperCase(Locale.ROOT).replace('|', ' ');
            }
        }
        return null;
    }

    private static @Nullable FailureKind said(Throwable failure) {
        if (failure instanceof TierException exception) {
            return exception.kind();
        }
        if (failure instanceof InterruptedException || isNamed(failure, "RedisCommandInterruptedException")) {
            return FailureKind.INTERRUPTED;
        }
        return kindOfReply(messageOf(failure));
    }

    private static @Nullable FailureKind timedOut(Throwable failure) {
        if (failure instanceof SocketTimeoutException) {
            return messageOf(failure).toLowerCase(Locale.ROOT).startsWith("connect")
                    ? FailureKind.CONNECTION
                    : FailureKind.TIMEOUT;
        }
        // The last is a pool that has no connection free.
        return failure instanceof QueryTimeoutException
                        || failure instanceof TimeoutException
                        || isNamed(failure, "RedisCommandTimeoutException")
                        || failure instanceof NoSuchElementException
                                && messageOf(failure).startsWith("Timeout waiting")
                ? FailureKind.TIMEOUT
                : null;
    }

    private static @Nullable FailureKind unreachable(Throwable failure) {
        // Lettuce cancels the commands that are on their way when the line breaks.
        return failure instanceof IOException
                        || failure instanceof CancellationException
                        || failure instanceof RedisConnectionFailureException
                        || isNamed(failure, "RedisConnectionException")
                        || isNamed(failure, "JedisConnectionException")
                        || isNamed(failure, "RedisException")
                                && messageOf(failure).contains("onnect")
                ? FailureKind.CONNECTION
                : null;
    }

    /** Jedis and Lettuce are both optional to the other, so their types are told by name. */
    private static boolean isNamed(Throwable failure, String type) {
        return failure.getClass().getSimpleName().equals(type);
    }

    private static String messageOf(Throwable failure) {
        return String.valueOf(failure.getMessage());
    }

    private static List<Throwable> chainOf(Throwable failure) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable cause = failure; cause != null && !chain.contains(cause); cause = cause.getCause()) {
            chain.add(cause);
        }
        return chain;
    }

    /** The error that the server replied, told by its first word. */
    private static @Nullable FailureKind kindOfReply(String message) {
        // Inside of scripts, with "ERR" before it or nothing, Redis 6 and 7 word it so, and Redis and Valkey 8
        // otherwise.
        if (message.contains("The user executing the script can't") || message.contains(DENIED_IN_SCRIPT)) {
            return FailureKind.DENIED;
        }
        int end = message.indexOf(' ');
        return switch (end < 0 ? message : message.substring(0, end)) {
            case "WRONGTYPE" -> FailureKind.WRONG_TYPE;
            case "OOM" -> FailureKind.OUT_OF_MEMORY;
            case "READONLY" -> FailureKind.READ_ONLY;
            case "NOPERM", "NOAUTH", "WRONGPASS" -> FailureKind.DENIED;
            default -> null;
        };
    }
}
