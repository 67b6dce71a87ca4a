package io.github.llmcache.operations;

import io.github.llmcache.tier.FailureKind;
import java.util.List;
import java.util.function.Consumer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Tells all listeners, whatever one of them throws.
 *
 * @param listeners the listeners
 */
record GuardedOperationListener(List<CacheOperationListener> listeners) implements CacheOperationListener {

    private static final Log log = LogFactory.getLog(GuardedOperationListener.class);

    @Override
    public void evicted(String cache, String by, long count) {
        tell(listener -> listener.evicted(cache, by, count));
    }

    @Override
    public void evictionFailed(String cache, String by, FailureKind kind) {
        tell(listener -> listener.evictionFailed(cache, by, kind));
    }

    @Override
    public void exported(String cache, long count) {
        tell(listener -> listener.exported(cache, count));
    }

    @Override
    public void warmed(long count) {
        tell(listener -> listener.warmed(count));
    }

    private void tell(Consumer<CacheOperationListener> event) {
        for (CacheOperationListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (RuntimeException ex) {
                log.warn("The listener " + listener.getClass().getName() + " failed with "
                        + ex.getClass().getName());
            }
        }
    }
}
