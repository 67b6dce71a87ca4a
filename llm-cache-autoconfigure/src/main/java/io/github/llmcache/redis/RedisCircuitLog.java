package io.github.llmcache.redis;

import java.time.Duration;
import java.time.InstantSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Says that Redis is left alone, and that it is asked again: each the first time at once, then at most once a minute.
 *
 * <p>Not a warning: what went wrong has been told by {@link RedisFailureLog}. Thread-safe.
 */
final class RedisCircuitLog {

    private static final Log log = LogFactory.getLog(RedisCircuitLog.class);

    private final String server;
    private final OncePerMinute<String> spacing;

    RedisCircuitLog(String server, InstantSource clock) {
        this.server = server;
        this.spacing = new OncePerMinute<>(clock);
    }

    void opened(Duration wait) {
        say("failed too often and is left alone: calls go on at once without the cache, and a few of them try it again"
                + " every " + wait.toMillis() + " ms.");
    }

    void closed() {
        say("answers again: calls use the cache again.");
    }

    private void say(String what) {
        if (log.isInfoEnabled() && spacing.isDue(what)) {
            log.info("Redis at " + server + " " + what);
        }
    }
}
