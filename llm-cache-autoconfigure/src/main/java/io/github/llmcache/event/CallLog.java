package io.github.llmcache.event;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Writes one line at DEBUG for each call and each refresh in the background: outcome, tier, digest, milliseconds, never text.
 *
 * <p>Its logger is {@code io.github.llmcache}.
 */
public final class CallLog implements PromptCacheListener {

    private static final Log log = LogFactory.getLog("io.github.llmcache");

    /** Creates the log. */
    public CallLog() {}

    @Override
    public void onCall(PromptCacheEvent event) {
        if (!log.isDebugEnabled()) {
            return;
        }
        StringBuilder line = new StringBuilder(96).append(event.outcome());
        if (event.tier() != null) {
            line.append(" from ").append(event.tier());
        }
        if (event.bypass() != null) {
            line.append(" because of ").append(event.bypass().name().toLowerCase(Locale.ROOT));
        }
        line.append(" in cache ").append(event.cache());
        if (event.digest() != null) {
            line.append(", digest ").append(event.digest());
        }
        if (event.elapsedNanos() >= 0) {
            line.append(", ")
                    .append(TimeUnit.NANOSECONDS.toMillis(event.elapsedNanos()))
                    .append(" ms");
        }
        if (event.loaded()) {
            line.append(", of it ")
                    .append(TimeUnit.NANOSECONDS.toMillis(event.loadNanos()))
                    .append(" ms in the method");
        }
        log.debug(line);
    }

    @Override
    public boolean readsElapsedTime() {
        return log.isDebugEnabled();
    }

    @Override
    public void onTierFailure(TierFailureEvent event) {
        if (log.isDebugEnabled()) {
            log.debug(event.operation() + " failed in " + event.tier() + " for cache " + event.cache() + ": "
                    + event.kind());
        }
    }

    @Override
    public void onAnswerRejected(AnswerRejectedEvent event) {
        if (log.isDebugEnabled()) {
            log.debug("NOT STORED in cache " + event.cache() + ": " + event.reason());
        }
    }

    @Override
    public void onRefresh(RefreshEvent event) {
        if (log.isDebugEnabled()) {
            log.debug((event.succeeded() ? "REFRESHED" : "NOT REFRESHED, because the method threw,") + " in cache "
                    + event.cache() + ", digest " + event.digest() + ", "
                    + TimeUnit.NANOSECONDS.toMillis(event.loadNanos()) + " ms in the method");
        }
    }
}
