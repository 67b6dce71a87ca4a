package io.github.llmcache.usage;

import io.github.llmcache.tier.FailureKind;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Decides whether the store is asked: one that is gone is left alone for a second, so that not every call waits for it. Says
 * so in the log, at most once a minute.
 *
 * <p>Thread-safe.
 */
final class StoreAttempts {

    /** How long a store that is gone is left alone. */
    static final Duration RETRY = Duration.ofSeconds(1);

    private static final Log log = LogFactory.getLog(UsageLedger.class);

    private static final long WARNED = Duration.ofMinutes(1).toNanos();

    private final UsageStore store;
    private final LostRedis whenLost;
    private volatile boolean lost;
    private final AtomicLong triedAt = new AtomicLong();
    private final AtomicLong warnedAt = new AtomicLong(System.nanoTime() - WARNED);

    StoreAttempts(UsageStore store, LostRedis whenLost) {
        this.store = store;
        this.whenLost = whenLost;
    }

    /** Whether the store is worth a try; while it is lost, one try a second. */
    boolean mayAsk() {
        if (!lost) {
            return true;
        }
        long last = triedAt.get();
        return System.nanoTime() - last >= RETRY.toNanos() && triedAt.compareAndSet(last, System.nanoTime());
    }

    /** The store has answered. */
    void answered() {
        lost = false;
    }

    /** The store has not answered. */
    void failed(FailureKind kind) {
        if (isGone(kind)) {
            triedAt.set(System.nanoTime());
            lost = true;
        }
        long last = warnedAt.get();
        if (kind != FailureKind.CONNECTING
                && System.nanoTime() - last >= WARNED
                && warnedAt.compareAndSet(last, System.nanoTime())) {
            log.warn("Redis at " + store.server() + " does not tell what is used ("
                    + kind.name().toLowerCase(Locale.ROOT)
                    + "). " + consequence()
                    + " What is counted meanwhile is added when it is back. Check that it runs and that its user may"
                    + " do EVALSHA, EVAL, GET, DEL, INCRBY, PTTL and PEXPIRE on keys such as usage:<user>:count. This"
                    + " is said at most once a minute.");
        }
    }

    private String consequence() {
        return switch (whenLost) {
            case LOCAL_SHARE ->
                "Each JVM holds the limits by what it counts itself (llm-cache.usage.on-redis-down=local-share).";
            case ALLOW -> "Limits do not count meanwhile (llm-cache.usage.on-redis-down=allow).";
            case REFUSE -> "Models are not asked meanwhile (llm-cache.usage.on-redis-down=refuse).";
        };
    }

    /** Whether the store itself is gone or slow, rather than refusing this one request. */
    private static boolean isGone(FailureKind kind) {
        return switch (kind) {
            case CONNECTING, CONNECTION, TIMEOUT, OVERLOADED, CIRCUIT_OPEN, OTHER -> true;
            case WRONG_TYPE, UNREADABLE, NEWER_FORMAT, OUT_OF_MEMORY, READ_ONLY, DENIED, INTERRUPTED -> false;
        };
    }

    /** Whether the store may have done what it was asked for. */
    static boolean isInDoubt(FailureKind kind) {
        return switch (kind) {
            case CONNECTION, TIMEOUT, INTERRUPTED, OTHER -> true;
            default -> false;
        };
    }
}
