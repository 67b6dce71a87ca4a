package io.github.llmcache.redis;

import java.time.Duration;

/**
 * Whether Redis runs scripts for this user. Where it does not, that is taken for granted for a minute, since rights can be
 * given while the application runs.
 *
 * <p>Thread-safe.
 */
final class ScriptAccess {

    private static final long RETRY = Duration.ofMinutes(1).toNanos();

    private final RedisFailureLog log;
    private volatile boolean denied;
    private volatile long deniedAt;

    ScriptAccess(RedisFailureLog log) {
        this.log = log;
    }

    /** Whether scripts are worth a try. */
    boolean isAllowed() {
        return !denied || System.nanoTime() - deniedAt > RETRY;
    }

    /** Tells whether a script failed because this user may run none; it is then not tried for a while. */
    boolean isDeniedBy(Throwable failure) {
        if (!RedisFailures.deniesScripts(failure)) {
            return false;
        }
        deniedAt = System.nanoTime();
        denied = true;
        log.scriptsDenied();
        return true;
    }
}
