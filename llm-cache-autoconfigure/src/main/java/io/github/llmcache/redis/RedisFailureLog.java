package io.github.llmcache.redis;

import io.github.llmcache.tier.FailureKind;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Says that Redis fails: the first time at once, then at most once a minute for each kind of failure.
 *
 * <p>Names the server and what to do, never a key or a value. Thread-safe.
 */
final class RedisFailureLog {

    private static final Log log = LogFactory.getLog(RedisFailureLog.class);

    /**
     * Nothing has gone wrong yet while the first connection is being made, and what opened the circuit has been told.
     */
    private static final Set<FailureKind> UNTOLD = EnumSet.of(FailureKind.CONNECTING, FailureKind.CIRCUIT_OPEN);

    private final String server;
    private final OncePerMinute<FailureKind> spacing;
    private final Set<String> deniedRights = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean scriptsDenied = new AtomicBoolean();

    RedisFailureLog(String server, InstantSource clock) {
        this.server = server;
        this.spacing = new OncePerMinute<>(clock);
    }

    void failed(FailureKind kind) {
        failed(kind, null);
    }

    /** Says so with what the failure itself tells of the reason. */
    void failed(FailureKind kind, @Nullable Throwable failure) {
        if (!UNTOLD.contains(kind) && log.isWarnEnabled() && spacing.isDue(kind)) {
            log.warn("Redis at " + server + " " + what(kind, failure)
                    + " Calls go on without the cache. This is said at most once a minute.");
        }
    }

    /**
     * Says once that the user lacks a right without which the cache does less, but works.
     *
     * @param what what the user may not do
     * @param consequence what does not work therefore, and what to allow
     */
    void denied(String what, String consequence) {
        if (deniedRights.add(what)) {
            log.warn("Redis at " + server + " does not let this user " + what + ", so " + consequence
                    + " This is said once.");
        }
    }

    /** Says once that there are no leases. */
    void scriptsDenied() {
        if (scriptsDenied.compareAndSet(false, true)) {
            log.warn("Redis at " + server + " lets this user run no scripts, so JVMs do not wait for one another: each"
                    + " may ask the model the same at the same time. Allow the commands EVAL and EVALSHA. This is said"
                    + " once.");
        }
    }

    private static String what(FailureKind kind, @Nullable Throwable failure) {
        if (failure != null && kind == FailureKind.CONNECTION && RedisFailures.isTls(failure)) {
            return "can't be reached over TLS. Check spring.data.redis.ssl.*, and the server's certificate.";
        }
        String command = failure == null || kind != FailureKind.DENIED ? null : RedisFailures.deniedCommand(failure);
        return command == null
                ? what(kind)
                : "denies the command " + command + ". Allow it in the ACL of the user of spring.data.redis.username.";
    }

    private static String what(FailureKind kind) {
        return switch (kind) {
            case CONNECTING -> "is being connected to.";
            case CONNECTION -> "can't be reached. Check that it runs, and that spring.data.redis.* names it.";
            case TIMEOUT -> "did not answer in time. Check its load, or raise llm-cache.redis.timeout.";
            case WRONG_TYPE ->
                "has another type of value under the key of an entry. Check whether something else"
                        + " writes such keys, or set llm-cache.key-prefix.";
            case UNREADABLE ->
                "has a value that is no entry under the key of one. Check whether something else"
                        + " writes such keys, or set llm-cache.key-prefix.";
            case NEWER_FORMAT -> "has entries of a newer release, which are left alone.";
            case OUT_OF_MEMORY -> "has no memory left. Raise maxmemory, or set maxmemory-policy volatile-ttl.";
            case READ_ONLY -> "takes no writes. Check that spring.data.redis.* names the master.";
            case DENIED -> "denies access. Check spring.data.redis.username and password, and the user's ACL.";
            case INTERRUPTED -> "was not waited for, because the caller was interrupted.";
            case OVERLOADED -> "takes writes more slowly than they come; some are dropped.";
            case CIRCUIT_OPEN -> "is not asked for now.";
            case OTHER -> "failed.";
        };
    }
}
