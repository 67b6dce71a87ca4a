package io.github.llmcache.actuate;

import io.github.llmcache.operations.CacheOperationListener;
import io.github.llmcache.tier.FailureKind;
import org.springframework.context.ApplicationEventPublisher;

/**
 * Publishes audit events of what the application's own code does with its caches; who is always {@code application}.
 *
 * <p>Thread-safe.
 */
public final class AuditedOperations implements CacheOperationListener {

    private final CacheAudit audit;
    private final Viewer application = Viewer.application();

    /**
     * Creates the listener.
     *
     * @param publisher takes the audit events
     */
    public AuditedOperations(ApplicationEventPublisher publisher) {
        this.audit = new CacheAudit(publisher);
    }

    @Override
    public void evicted(String cache, String by, long count) {
        audit.partEvicted(application, cache, by, count);
    }

    @Override
    public void evictionFailed(String cache, String by, FailureKind kind) {
        audit.evictionFailed(application, cache, by, kind);
    }

    @Override
    public void exported(String cache, long count) {
        audit.exported(application, cache, count);
    }

    @Override
    public void warmed(long count) {
        audit.warmed(application, count);
    }
}
